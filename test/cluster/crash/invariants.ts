import {existsSync} from 'node:fs'
import {lstat, readFile, readdir, readlink} from 'node:fs/promises'
import path from 'node:path'
import {DatabaseSync} from 'node:sqlite'
import type {EmbeddedCluster} from '../../support/embedded-cluster/index.js'
import {processesNaming} from '../../support/embedded-cluster/processes.js'
import type {Files} from './banks.js'
import {sha256} from './banks.js'

/** Files that each release of a bank must have, by bank and release. */
export type Releases = ReadonlyMap<string, ReadonlyMap<string, Files>>

/** What must hold on disk at every moment, also while nothing runs. Gives what does not. */
export async function problemsOnDisk(root: string, releases: Releases): Promise<string[]> {
  const problems: string[] = []
  for (const [bank, known] of releases) {
    const folder = path.join(root, 'db', bank)
    const link = path.join(folder, 'current')
    if (!existsSync(folder)) continue
    const target = await readlink(link).catch(() => undefined)
    if (target === undefined) continue
    problems.push(...(await problemsOfRelease(path.join(folder, target), known.get(target.replace(`${bank}_`, '')))))
  }
  const database = new DatabaseSync(path.join(root, 'cluster.sqlite'))
  try {
    const verdict = JSON.stringify(database.prepare('PRAGMA integrity_check').all())
    if (!verdict.includes('"ok"')) problems.push(`the database is damaged: ${verdict}`)
  } finally {
    database.close()
  }
  return problems
}

/** What must hold when the cluster is back and has nothing to do. */
export async function problemsAtRest(
  cluster: EmbeddedCluster,
  {accepted, releases}: {accepted: readonly string[]; releases: Releases},
): Promise<string[]> {
  const problems = await problemsOnDisk(cluster.root, releases)
  const {apiKey} = cluster.user('admin')
  const read = async <Shape>(route: string): Promise<Shape> => {
    const {status, text} = await cluster.request({path: `/api/daemon/${route}`, apiKey})
    if (status !== 200) throw new Error(`${route} answered ${status}: ${text}`)
    return JSON.parse(text) as Shape
  }
  for (const id of accepted) {
    const {job} = await read<{job: {bank: string; state: string; reason: string | null}}>(`jobs/${id}`)
    if (job.state !== 'done') problems.push(`accepted update of ${job.bank} is ${job.state}: ${job.reason ?? ''}`)
  }
  const {locks} = await read<{locks: {bank: string}[]}>('locks')
  problems.push(...locks.map(({bank}) => `${bank} is locked`))
  const files = (await readdir(path.join(cluster.root, 'lock'))).map(name => `lock file ${name}`)
  problems.push(...files)
  for (const [bank, known] of releases) {
    const {bank: shown} = await read<{bank: {production: {details: string[][]}}}>(`bank/${bank}`)
    for (const [, , release = '', directory = ''] of shown.production.details) {
      problems.push(...(await problemsOfRelease(directory, known.get(release))))
    }
    const newest = [...known.keys()].at(-1)
    const current = await readlink(path.join(cluster.root, 'db', bank, 'current')).catch(() => 'nothing')
    if (current !== `${bank}_${newest}`) problems.push(`current of ${bank} is ${current}, not ${newest}`)
  }
  const others = processesNaming(cluster.root).filter(({pid}) => pid !== cluster.pid)
  problems.push(...others.map(({pid, command}) => `process ${pid} is left: ${command}`))
  return problems
}

async function problemsOfRelease(directory: string, files: Files | undefined): Promise<string[]> {
  if (files === undefined) return [`${directory} is a release that never was`]
  const flat = path.join(directory, 'flat')
  if (!existsSync(flat)) return [`${directory} has no files`]
  const found = new Map<string, string>()
  for (const name of await readdir(flat, {recursive: true})) {
    const file = path.join(flat, name)
    if ((await lstat(file)).isFile()) found.set(name, sha256(await readFile(file)))
  }
  const problems = [...files].filter(([name, hash]) => found.get(name) !== hash).map(([name]) => `${name} is not whole`)
  const extra = [...found.keys()].filter(name => !files.has(name)).map(name => `${name} does not belong there`)
  return [...problems, ...extra].map(problem => `${directory}: ${problem}`)
}
