import {randomUUID} from 'node:crypto'
import {readdir, readFile, rename, stat, writeFile} from 'node:fs/promises'
import path from 'node:path'
import {BiomajError} from '../../shared/errors.js'
import {makeFolder} from '../../shared/make-folder.js'
import {loadSite} from '../engine/load-bank.js'
import type {ClusterSettings} from '../settings/cluster-settings.js'
import {folderProblem} from './data-lock.js'
import {newGlobalProperties} from '../settings/global-properties.js'
import {siteEnvironment} from '../settings/site-environment.js'
import {sampleMarker} from '../settings/templates/bank-template.js'

type Env = Readonly<Record<string, string | undefined>>

const folderKeys = ['data.dir', 'conf.dir', 'log.dir', 'process.dir', 'cache.dir', 'lock.dir'] as const

/** Absolute. */
export interface SiteFolders {
  /** `conf.dir`: the banks' properties files. */
  confDirectory: string
  /** `data.dir` */
  dataDir: string
  /** `log.dir` */
  logDir: string
}

/**
 * Makes a data directory complete: a `global.properties`, unless there is one, and the folders that it names.
 *
 * @throws {BiomajError} `config_invalid`
 */
export async function prepareSite(settings: ClusterSettings, env: Env): Promise<SiteFolders> {
  const {dataDirectory, globalProperties} = settings
  makeOrSay(dataDirectory)
  if (path.dirname(globalProperties) === dataDirectory && !(await exists(globalProperties))) {
    await writeWhole(globalProperties, newGlobalProperties(dataDirectory))
  }
  const site = await loadSite({settings, env: siteEnvironment(env)})
  for (const key of folderKeys) {
    const folder = site.get(key, '')
    if (!path.isAbsolute(folder)) {
      throw new BiomajError({
        code: 'config_invalid',
        message: `${key} is not an absolute path: ${JSON.stringify(folder)}`,
        hint: `Set it in ${globalProperties}; \`biomaj cluster config --defaults\` shows how.`,
      })
    }
    // Files of banks may hold credentials.
    makeOrSay(folder, key === 'conf.dir' ? 0o700 : undefined)
  }
  return {confDirectory: site.get('conf.dir', ''), dataDir: site.get('data.dir', ''), logDir: site.get('log.dir', '')}
}

function makeOrSay(folder: string, mode?: number): void {
  try {
    makeFolder(folder, {mode})
  } catch (error) {
    throw new BiomajError({
      code: 'config_invalid',
      message: `The folder ${folder} cannot be made: ${folderProblem(error)}`,
      hint: 'Name one that you may write to, with --data or in global.properties.',
      cause: error,
    })
  }
}

/** Tells banks that come from the sample data where these are served now. Files that are not of their form stay as they are. */
export async function pointToSamples(confDirectory: string, server: string): Promise<void> {
  const names = (await readdir(confDirectory)).filter(name => name.endsWith('.properties'))
  for (const name of names) {
    const file = path.join(confDirectory, name)
    const text = await readFile(file, 'utf8')
    const [before, after] = text.split(`${sampleMarker}\n`, 2)
    if (before === undefined || after === undefined) continue
    const pointed = `${before}${sampleMarker}\n${after.replace(/^server=.*/, `server=${server}`)}`
    if (pointed !== text) await writeWhole(file, pointed)
  }
}

/** A file that is there whole or not at all, for its owner alone. */
export async function writeWhole(file: string, text: string): Promise<void> {
  const temporary = `${file}.${randomUUID()}.tmp`
  await writeFile(temporary, text, {mode: 0o600})
  await rename(temporary, file)
}

async function exists(file: string): Promise<boolean> {
  try {
    await stat(file)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false
    throw error
  }
}
