import type {BankRow} from '../../store/store.js'
import {type Answer, tableText} from '../answer.js'
import type {Call} from '../site.js'
import {serverTime} from '../times.js'
import {mayRead} from '../viewer.js'

/** Banks that the caller may see, by name. */
export async function bankList(call: Call): Promise<Answer> {
  const {rows} = await call.site.index.read()
  return listOf(call, rows, 'Last update')
}

/** Those whose last update did not end well. */
export async function failedBanks(call: Call): Promise<Answer> {
  const {rows} = await call.site.index.read()
  return listOf(
    call,
    rows.filter(({lastUpdate}) => lastUpdate?.ok === false),
    'Last run',
  )
}

function listOf({viewer}: Call, rows: readonly BankRow[], lastHeader: string): Answer {
  const headers = ['Name', 'Type(s)', 'Release', 'Visibility', lastHeader]
  const banks = rows.filter(row => mayRead(viewer, row)).map(cellsOf)
  return {
    json: {headers, banks},
    get text() {
      const table = tableText({headers, rows: banks}, 'psql')
      return lastHeader === 'Last update' ? `${table}\n` : table
    },
  }
}

function cellsOf({name, types, publishedRelease, visibility, lastUpdate}: BankRow): string[] {
  return [
    name,
    types.join(','),
    publishedRelease ?? 'N/A',
    visibility,
    lastUpdate === null ? 'N/A' : serverTime(lastUpdate.session),
  ]
}

/** Bytes by bank and release. */
export async function stats({site, viewer}: Call): Promise<Answer> {
  const headers = ['Bank', 'Release', 'Size']
  const {rows} = await site.index.read()
  const sizes = rows
    .filter(row => mayRead(viewer, row))
    .flatMap(({name, releases}) => [
      [name, 'All', String(releases.reduce((sum, {sizeBytes}) => sum + (sizeBytes ?? 0), 0))],
      ...releases.map(({release, sizeBytes}) => ['', release, String(sizeBytes ?? 0)]),
    ])
  return {
    json: {headers, stats: sizes},
    get text() {
      return `BioMAJ statistics\n${tableText({headers, rows: sizes}, 'grid')}`
    },
  }
}
