import {mkdtemp, readFile, rm} from 'node:fs/promises'
import path from 'node:path'
import type {CalendarDate, ReleaseFile} from '../../model/bank.js'
import {type PatternBudget, PatternTooCostly, PythonRegex} from '../patterns/python-regex.js'
import type {BankProperties} from '../properties/bank-properties.js'
import {told} from '../told.js'
import {isDirect, releaseSource} from './access.js'
import {fetchFiles} from './fetch-files.js'
import {matchFiles} from './match-files.js'
import {nothingFound} from './list-remote.js'
import {contextOf, openRemote, type RemoteOptions} from './open-remote.js'
import {RemoteError} from './remote-error.js'
import {formatDate} from './strftime.js'
import {highestVersion} from './version-order.js'

export interface DetectOptions extends RemoteOptions {
  /** Absolute; a file that tells the release is fetched into a folder of its own in it, which is gone afterwards. */
  temporaryDirectory: string
}

/** A file that tells a release is a page or a note, not a databank. */
const mostBytes = 64 * 1024 * 1024
const searchSteps = 200_000_000

/**
 * The release that the remote side has: from the name of `release.file`, or by `release.regexp` from what is in it. Null
 * when no `release.file` is set, which leaves it to the dates of the files.
 *
 * @throws {BiomajError} `config_invalid`, or a `RemoteError` with the reason why there is none
 */
export async function detectRelease(options: DetectOptions): Promise<string | null> {
  const {properties} = options
  const releaseFile = properties.get('release.file', '')
  if (releaseFile === '') return null
  const source = releaseSource(properties)
  const context = contextOf(source, options)
  const regexp = properties.get('release.regexp', '')
  const remote = openRemote(context)
  let files: ReleaseFile[]
  try {
    files = isDirect(source.protocol)
      ? [await remote.describe()]
      : await matchFiles([releaseFile], {remote, ...context})
  } finally {
    await remote.close()
  }
  if (files.length === 0) throw nothingFound([releaseFile])
  if (regexp === '') return fromName(releaseFile, newest(files))
  const [file] = files
  if (files.length > 1 || !file) {
    throw failed(
      told`release.file "${releaseFile}" matches ${files.length} files, such as "${files[0]?.name ?? ''}" and "${files[1]?.name ?? ''}"`,
      'Write it so that it matches the one file that tells the release.',
    )
  }
  if ((file.size ?? 0) > mostBytes) throw tooLarge(file)
  return await fromContent(file, {source, regexp, options})
}

function fromName(releaseFile: string, file: ReleaseFile): string {
  const found = search(new PythonRegex(releaseFile), file.name, 'release.file')
  const release = found?.groups[0]
  if (release === undefined) {
    throw failed(
      found
        ? told`release.file "${releaseFile}" has no group that would be the release`
        : told`release.file "${releaseFile}" is not found in the name "${file.name}"`,
      'Put the part of the name that is the release into parentheses, or set release.regexp.',
    )
  }
  if (release === null || release === '') throw failed(told`The release in the name "${file.name}" is empty`)
  return release
}

async function fromContent(
  file: ReleaseFile,
  {source, regexp, options}: {source: ReturnType<typeof releaseSource>; regexp: string; options: DetectOptions},
): Promise<string> {
  const pattern = new PythonRegex(regexp)
  if (pattern.groups > 1) {
    throw failed(told`release.regexp "${regexp}" has ${pattern.groups} groups`, 'Write (?:…) for all but one of them.')
  }
  const folder = await mkdtemp(path.join(options.temporaryDirectory, 'release-'))
  const endless = new AbortController()
  try {
    const saved = {...file, saveAs: 'release'}
    await fetchFiles(
      {bank: '', session: 0, remote: source, files: [saved], targetDirectory: folder},
      {
        ...options,
        signal: AbortSignal.any([options.signal, endless.signal]),
        onProgress: ({bytesDone}) => {
          if (bytesDone > mostBytes) endless.abort(tooLarge(file))
        },
      },
    )
    // Bytes that are no text are passed over, as BioMAJ does.
    const text = (await readFile(path.join(folder, 'release'), 'utf8'))
      .replaceAll('\uFFFD', '')
      .replaceAll(/\r\n?/g, '\n')
    return fromText(pattern, text, file)
  } finally {
    await rm(folder, {recursive: true, force: true})
  }
}

function fromText(pattern: PythonRegex, text: string, file: ReleaseFile): string {
  const releases: string[] = []
  guarded('release.regexp', {steps: searchSteps}, budget => {
    for (const match of pattern.matches(text, budget)) {
      releases.push(pattern.groups === 0 ? match.text : (match.groups[0] ?? ''))
    }
  })
  const release = highestVersion(releases.filter(found => found !== ''))
  if (release !== undefined) return release
  throw failed(
    told`release.regexp "${pattern.source}" matches nothing in "${file.name}"`,
    'Compare it with what the file says now.',
  )
}

function search(pattern: PythonRegex, text: string, key: string) {
  return guarded(key, {steps: searchSteps}, budget => pattern.search(text, budget))
}

function guarded<Result>(key: string, budget: PatternBudget, work: (budget: PatternBudget) => Result): Result {
  try {
    return work(budget)
  } catch (error) {
    if (!(error instanceof PatternTooCostly)) throw error
    throw failed(told`${key} takes too much work`, 'Write it so that there is one way only to match.')
  }
}

/** The first of the newest. */
function newest(files: readonly ReleaseFile[]): ReleaseFile {
  return files.reduce((best, file) => (dayNumber(file.date) > dayNumber(best.date) ? file : best))
}

function dayNumber(date: CalendarDate | null): number {
  return date ? (date.year * 100 + date.month) * 100 + date.day : 0
}

function failed(message: string, hint?: string): RemoteError {
  return new RemoteError({code: 'refused', message, hint, permanent: true})
}

function tooLarge(file: ReleaseFile): RemoteError {
  return failed(
    told`"${file.name}" is larger than ${mostBytes} bytes: that is no file that tells a release`,
    'Correct release.file.',
  )
}

/**
 * The release of files that nothing else tells: the day of the newest, `2024-5-6`, or in `release.format`. Today when
 * no file has a date.
 *
 * @throws {BiomajError} `config_invalid` when `release.format` cannot be used
 */
export function releaseOfDates({
  files,
  properties,
  today,
}: {
  files: readonly ReleaseFile[]
  properties: BankProperties
  today: Date
}): string {
  const dated = files.filter(({date}) => date !== null)
  const date = dated.length === 0 ? null : newest(dated).date
  const {year, month, day} = date ?? {
    year: today.getFullYear(),
    month: today.getMonth() + 1,
    day: today.getDate(),
  }
  const format = properties.get('release.format', '').replaceAll('%%', '%')
  if (format === '') return `${year}-${month}-${day}`
  // The time of the day is that of now, as BioMAJ has it.
  const time = new Date(today)
  time.setFullYear(year, month - 1, day)
  return formatDate(time, format)
}
