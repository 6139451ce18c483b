import type {Bank, Production} from '../../model/bank.js'
import {type Answer, tableText} from '../answer.js'
import {text, words} from '../options.js'
import type {Call} from '../site.js'
import {mayRead} from '../viewer.js'

/** Releases in production by formats and types, or by words of whatever is known of them. */
export async function search(call: Call): Promise<Answer> {
  const query = text(call.options, 'query')
  return query === null ? searchByKind(call) : searchByWords(call, query)
}

async function searchByKind(call: Call): Promise<Answer> {
  const [formats, types] = [words(call.options, 'formats'), words(call.options, 'types')]
  const headers = ['Name', 'Release', 'Format(s)', 'Type(s)', 'Published']
  const rows: Array<[string, string, string[], string[], string]> = []
  for await (const bank of banksWithReleases(call)) {
    for (const each of newestFirst(bank)) {
      if (!hasOne(each.formats, formats) || !hasOne([...each.types, ...bank.types], types)) continue
      rows.push([bank.name, each.release, each.formats, each.types, each.session === bank.current ? 'yes' : ''])
    }
  }
  return {
    json: {matches: rows, headers},
    get text() {
      const shown = rows.map(([name, release, ofFormats, ofTypes, published]) => [
        name,
        release,
        ofFormats.join(','),
        ofTypes.join(','),
        published,
      ])
      const what = `formats=${pythonList(formats)}, types=${pythonList(types)}`
      return `Search by ${what}\n${tableText({headers, rows: shown}, 'grid')}`
    },
  }
}

async function searchByWords(call: Call, query: string): Promise<Answer> {
  const wanted = query
    .toLowerCase()
    .split(/\s+/)
    .filter(word => word !== '' && word !== 'and')
  const headers = ['Release', 'Format(s)', 'Type(s)', 'Files']
  const rows: string[][] = []
  for await (const bank of banksWithReleases(call)) {
    for (const each of newestFirst(bank)) {
      const produced = bank.sessions.find(({id}) => id === each.session)?.produced ?? []
      const files = produced.flatMap(({files}) => files)
      const fields = fieldsOf(bank, each, files)
      if (!wanted.every(word => matches(fields, word))) continue
      rows.push([each.release, pythonList(each.formats), pythonList(each.types), files.join(',')])
    }
  }
  return {
    json: {matches: rows, headers},
    get text() {
      return `Query matches for :${query}\n${tableText({headers, rows}, 'grid')}`
    },
  }
}

async function* banksWithReleases({site, viewer}: Call): AsyncGenerator<Bank> {
  const {rows} = await site.index.read()
  for (const row of rows) {
    if (row.releases.length === 0 || !mayRead(viewer, row)) continue
    const bank = await site.store.banks.get(row.name)
    if (bank && mayRead(viewer, bank)) yield bank
  }
}

function newestFirst({production}: Bank): Production[] {
  return production.toSorted((a, b) => (a.release < b.release ? 1 : a.release > b.release ? -1 : 0))
}

function hasOne(values: readonly string[], of: readonly string[]): boolean {
  return of.length === 0 || of.some(value => values.includes(value))
}

type Fields = Readonly<Record<'bank' | 'release' | 'format' | 'types' | 'tags' | 'files', string>>

function fieldsOf(
  {name, types}: Bank,
  {release, formats, types: ofRelease, tags}: Production,
  files: string[],
): Fields {
  const fields = {
    bank: name,
    release,
    format: formats.join(' '),
    types: [...types, ...ofRelease].join(' '),
    tags: Object.entries(tags).flat().join(' '),
    files: files.join(' '),
  }
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, value.toLowerCase()])) as Fields
}

/** `word`, or `field:word`; stars stand for anything, which a part of a text is anyway. */
function matches(fields: Fields, word: string): boolean {
  const colon = word.indexOf(':')
  const field = word.slice(0, Math.max(colon, 0))
  const among = Object.hasOwn(fields, field) ? [fields[field as keyof Fields]] : Object.values(fields)
  const parts = (Object.hasOwn(fields, field) ? word.slice(colon + 1) : word).split('*').filter(part => part !== '')
  return among.some(value => parts.every(part => value.includes(part)))
}

function pythonList(values: readonly string[]): string {
  return `[${values.map(value => `'${value}'`).join(', ')}]`
}
