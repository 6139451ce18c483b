import {mkdir, readdir} from 'node:fs/promises'
import path from 'node:path'
import type {Bank} from '../../model/bank.js'
import {isWithin, plainName} from '../layout.js'
import {productionEntry, unique, withProduction} from './bank-document.js'
import {publishWith} from './current-link.js'
import {hasCode, placeText} from './trees.js'
import type {StepResult, UpdateRun} from './update-run.js'

/** Points `current` at the release, when the bank or the request wants that. */
export async function publish(run: UpdateRun): Promise<StepResult> {
  if (!run.properties.getBoolean('auto_publish') && !run.request.publish) {
    run.log.info('Workflow:wf_publish:no')
    return 'done'
  }
  run.log.info('Workflow:wf_publish')
  await mkdir(run.layout.releasesDirectory, {recursive: true})
  await publishWith(run, run.releaseDirectory, async () =>
    // What is published is in production from the same moment on.
    run.save(bank => ({...intoProduction(run, bank), current: run.session.id})),
  )
  return 'done'
}

/** The bank with the release of the run in production. */
export function intoProduction({session, properties, layout, log}: UpdateRun, bank: Bank): Bank {
  return withProduction(bank, productionEntry(session, {layout, properties, logFile: log.file}))
}

/** Sub-step: `listingv1.<format>` names the files of each format that processes made, for readers of old. */
export async function oldBiomajApi(run: UpdateRun): Promise<void> {
  const formats = unique(run.session.produced.map(({format}) => format))
  for (const format of formats) {
    const directory = path.join(run.releaseDirectory, format)
    if (!isWithin(directory, run.releaseDirectory)) {
      run.log.warning(`Worfklow:OldAPI:Format ${format} leads out of the release, skipping`)
      continue
    }
    const section = await sectionOf({directory, name: format, isBlast: format.toLowerCase() === 'blast'}, run)
    const file = plainName(`listingv1.${format.replaceAll('/', '_')}`, 'format')
    await placeText(pythonJson(section), path.join(run.releaseDirectory, file))
  }
}

interface Section {
  name: string
  sections: Section[]
  files: string[]
}

interface Folder {
  directory: string
  name: string
  isBlast: boolean
}

async function sectionOf({directory, name, isBlast}: Folder, run: UpdateRun): Promise<Section> {
  const section: Section = {name, sections: [], files: []}
  for (const entry of await entriesOf(directory, run)) {
    run.signal.throwIfAborted()
    const place = path.join(directory, entry.name)
    if (entry.isDirectory()) section.sections.push(await sectionOf({directory: place, name: entry.name, isBlast}, run))
    else if (!isBlast) section.files.push(place)
    else if (entry.name.endsWith('.nal')) section.files.push(place.slice(0, -'.nal'.length))
  }
  return section
}

async function entriesOf(directory: string, run: UpdateRun) {
  try {
    const entries = await readdir(directory, {withFileTypes: true})
    return entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))
  } catch (error) {
    if (!hasCode(error, 'ENOENT') && !hasCode(error, 'ENOTDIR')) throw error
    run.log.info(`Worfklow:OldAPI:Format directory ${path.basename(directory)} does not exists, skipping`)
    return []
  }
}

/** JSON with the spaces and escapes of Python's `json.dumps`. */
function pythonJson({name, sections, files}: Section): string {
  const lists = {sections: sections.map(pythonJson).join(', '), files: files.map(pythonText).join(', ')}
  return `{"name": ${pythonText(name)}, "sections": [${lists.sections}], "files": [${lists.files}]}`
}

function pythonText(text: string): string {
  return JSON.stringify(text).replaceAll(
    /[\u007F-\uFFFF]/g,
    character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
