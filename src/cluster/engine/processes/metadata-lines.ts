import {createReadStream} from 'node:fs'
import {createInterface} from 'node:readline'
import {BiomajError} from '../../../shared/errors.js'
import type {ProducedFiles} from '../../model/bank.js'
import {told} from '../told.js'
import type {PlannedProcess} from './process-plan.js'

const mark = '##BIOMAJ#'

/** What a process said of its files, and which of its lines could not be understood. */
export interface ProcessMetadata {
  produced: ProducedFiles[]
  /** One line each. */
  problems: string[]
}

/**
 * Reads `##BIOMAJ#format#types#tags#files` from the output of a process. An empty field is filled from the properties
 * of the process; `.format` and `.files` together replace all lines of that format, as in BioMAJ. A line that cannot be
 * understood is left out and told.
 */
export async function readMetadata(process: PlannedProcess, outputFile: string): Promise<ProcessMetadata> {
  const metadata: ProcessMetadata = {produced: [], problems: []}
  const {name, defaults} = process
  const input = createReadStream(outputFile, 'utf8')
  try {
    for await (const line of createInterface({input, crlfDelay: Infinity})) {
      if (line.startsWith(mark)) readLine(line, {process, metadata})
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new BiomajError({
      code: 'server_error',
      message: told`The output of ${name} cannot be read: ${why}`,
      cause: error,
    })
  }
  if (defaults.files !== '' && defaults.format !== '') {
    metadata.produced = metadata.produced.filter(({format}) => format !== defaults.format)
    metadata.produced.push({
      process: name,
      format: defaults.format,
      types: list(defaults.types),
      tags: tagsOf(defaults.tags, metadata.problems),
      files: list(defaults.files),
    })
  }
  return metadata
}

function readLine(
  line: string,
  {process: {name, defaults}, metadata: {produced, problems}}: {process: PlannedProcess; metadata: ProcessMetadata},
): void {
  const [format = '', types = '', tags = '', files] = line.slice(mark.length).split('#')
  const ownFormat = format === '' ? defaults.format : format
  if (files === undefined || ownFormat === '') {
    problems.push(told`${name} wrote a line that is not ##BIOMAJ#format#types#tags#files: ${line}`)
    return
  }
  produced.push({
    process: name,
    format: ownFormat,
    types: list(types === '' ? defaults.types : types),
    tags: tagsOf(tags === '' ? defaults.tags : tags, problems),
    files: list(files),
  })
}

function list(text: string): string[] {
  return text
    .split(',')
    .map(item => item.trim())
    .filter(item => item !== '')
}

function tagsOf(text: string, problems: string[]): Record<string, string> {
  const tags = new Map<string, string>()
  for (const tag of list(text)) {
    const colon = tag.indexOf(':')
    if (colon > 0) tags.set(tag.slice(0, colon), tag.slice(colon + 1))
    else problems.push(told`"${tag}" is not a tag of the form name:value`)
  }
  return Object.fromEntries(tags)
}
