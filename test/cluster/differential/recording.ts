import {existsSync} from 'node:fs'
import {mkdir, readFile, writeFile} from 'node:fs/promises'
import path from 'node:path'
import {fileURLToPath} from 'node:url'
import {changes, whole} from './observation.ts'
import type {Change, Observation} from './observation.ts'
import type {Scenario} from './scenario.ts'

const folder = fileURLToPath(new URL('../../fixtures/differential/', import.meta.url))

function file({name}: Scenario): string {
  return path.join(folder, `${name.replaceAll(/[^a-z0-9.=]+/gi, '-')}.json`)
}

/** What unmodified BioMAJ showed, as it was recorded by `record.ts`. */
export async function recorded(scenario: Scenario): Promise<Observation[]> {
  if (!existsSync(file(scenario))) {
    throw new Error(`"${scenario.name}" is not recorded: run node test/cluster/differential/record.ts`)
  }
  return whole(JSON.parse(await readFile(file(scenario), 'utf8')) as Change[])
}

export async function record(scenario: Scenario, observations: readonly Observation[]): Promise<void> {
  await mkdir(folder, {recursive: true})
  const lines = changes(observations).map(change =>
    Object.entries(change)
      .map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`)
      .join(',\n'),
  )
  await writeFile(file(scenario), `[{\n${lines.join('\n}, {\n')}\n}]\n`)
}
