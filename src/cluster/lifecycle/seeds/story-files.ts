import {mkdir, rm, symlink, writeFile} from 'node:fs/promises'
import path from 'node:path'
import type {Bank, Session} from '../../model/bank.js'
import {propertiesOf} from '../../settings/templates/bank-template.js'
import {bankTemplate} from '../../settings/templates/bank-templates.js'
import type {Story} from './story.js'

export interface StorySite {
  confDirectory: string
  dataDir: string
  /** Where the sample data is served. */
  sampleServer: string
  /** Below it are the sources of banks that are copied from this machine. */
  sourcesDirectory: string
  /** What a release holds. */
  sequences: Buffer
}

/** The properties of a bank: those of the demonstration bank, but for what the story says. */
export function propertiesOfStory(
  {name, fullName, visibility, properties = {}, source}: Story,
  site: StorySite,
): string {
  const text = propertiesOf(bankTemplate('alu'), {bank: name, sampleServer: site.sampleServer})
  const changes: Record<string, string | null> = {
    'db.fullname': `"${fullName}"`,
    ...(visibility === 'private' && {'visibility.default': 'private'}),
    ...(source && {'remote.dir': `${path.join(site.sourcesDirectory, name)}/`}),
    ...properties,
  }
  const lines = text.split('\n').flatMap(line => {
    const key = line.split('=', 1)[0] ?? ''
    if (!Object.hasOwn(changes, key)) return [line]
    const value = changes[key]
    delete changes[key]
    return value === null ? [] : [`${key}=${value}`]
  })
  const added = Object.entries(changes).flatMap(([key, value]) => (value === null ? [] : [`${key}=${value}`]))
  return [...lines.filter((line, index) => line !== '' || lines[index - 1] !== ''), ...added, ''].join('\n')
}

/** Writes what the runs of a story would have left on disk: releases, the link to the published one, logs, sources. */
export async function writeStory(story: Story, bank: Bank, site: StorySite): Promise<void> {
  if (story.damage !== 'no file') {
    await writeFile(path.join(site.confDirectory, `${story.name}.properties`), propertiesOfStory(story, site), {
      mode: 0o600,
    })
  }
  for (const [name, content] of Object.entries(story.source ?? {})) {
    const folder = path.join(site.sourcesDirectory, story.name)
    await mkdir(folder, {recursive: true})
    await writeFile(path.join(folder, name), content)
  }
  for (const session of bank.sessions) await writeLog(session, bank)
  const releases = path.join(site.dataDir, bank.name)
  for (const {productionDirectory} of bank.production) {
    if (story.damage === 'release gone') continue
    const flat = path.join(releases, productionDirectory, 'flat')
    await mkdir(flat, {recursive: true})
    await writeFile(path.join(flat, 'alu.n'), site.sequences)
  }
  const current = bank.production.find(({session}) => session === bank.current)
  if (current === undefined || story.damage === 'current gone') return
  await mkdir(releases, {recursive: true})
  await rm(path.join(releases, 'current'), {force: true})
  await symlink(current.productionDirectory, path.join(releases, 'current'))
  await writeFile(
    path.join(releases, 'RELEASE.txt'),
    `Bank: ${bank.name}\nRelease: ${current.release}\nRemote release:${current.remoteRelease}\n`,
  )
}

async function writeLog({id, logFile, steps}: Session, {name, status}: Bank): Promise<void> {
  if (logFile === null) return
  const time = new Date(id * 1000).toISOString().slice(0, 19).replace('T', ' ')
  const lines = Object.keys(steps).map(step => `${time},000 INFO  [root][MainThread] Workflow:wf_${step}`)
  if (status?.session === id && status.reason !== null)
    lines.push(`${time},000 ERROR [root][MainThread] ${status.reason}`)
  await mkdir(path.dirname(logFile), {recursive: true})
  await writeFile(logFile, `${[`${time},000 INFO  [root][MainThread] Bank ${name}`, ...lines].join('\n')}\n`)
}
