import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import pino from 'pino'
import type {ProcessRequest} from '../../../../src/cluster/engine/ports.js'
import type {Job, JobKind, JobPayloads, JobState, NewJob, Queue} from '../../../../src/cluster/queue/queue.js'
import {openSqliteQueue} from '../../../../src/cluster/queue/sqlite-queue.js'
import type {Service, ServiceContext} from '../../../../src/cluster/services/service.js'
import {openDatabase} from '../../../../src/cluster/store/database/open-database.js'
import {openSqliteStore} from '../../../../src/cluster/store/sqlite-store.js'
import {until} from '../../../support/until.js'

export interface Workplace {
  root: string
  context: ServiceContext
  /** Stopped with the workplace. */
  keep<Kept extends Service>(service: Promise<Kept>): Promise<Kept>
  close(): Promise<void>
}

/** A data directory with a database, for this process; another process may open the same `root`. */
export function openWorkplace({root, leaseMs = 60_000}: {root?: string; leaseMs?: number} = {}): Workplace {
  const own = root === undefined
  const folder = root ?? mkdtempSync(path.join(tmpdir(), 'workers-'))
  for (const name of ['conf', 'process', 'data', 'log']) mkdirSync(path.join(folder, name), {recursive: true})
  const globalProperties = path.join(folder, 'global.properties')
  const directories = `conf.dir=${folder}/conf\ndata.dir=${folder}/data\nprocess.dir=${folder}/process\n`
  if (own) writeFileSync(globalProperties, `[GENERAL]\n${directories}`)
  const database = openDatabase({file: path.join(folder, 'biomaj.db')})
  const store = openSqliteStore(database)
  const queue = openSqliteQueue(database)
  const services: Service[] = []
  const context: ServiceContext = {
    store,
    queue,
    log: pino({level: process.env['BIOMAJ_TEST_LOG'] ?? 'silent'}),
    settings: {
      name: 'test',
      dataDirectory: folder,
      memory: false,
      host: '127.0.0.1',
      port: 0,
      globalProperties,
      workers: {update: 2, download: 2, process: 2},
      admins: [],
      leaseMs,
      processTimeoutMs: null,
      extraction: {maxBytes: 1e9, maxRatio: 1000, maxEntries: 1000},
      logLevel: 'error',
    },
  }
  return {
    root: folder,
    context,
    keep: async promise => {
      const service = await promise
      services.push(service)
      return service
    },
    close: async () => {
      await Promise.all(services.map(async service => service.stop({immediately: true})))
      await queue.close()
      await store.close()
      database.close()
      if (own) rmSync(folder, {recursive: true, force: true})
    },
  }
}

export async function addJob<Kind extends JobKind>(
  queue: Queue,
  kind: Kind,
  payload: JobPayloads[Kind],
  changes: Partial<NewJob<Kind>> = {},
): Promise<Job<Kind>> {
  return await queue.add({kind, bank: 'alu', payload, user: 'me', correlationId: 'c1', ...changes})
}

/** A process of the workplace; its line goes through a shell. */
export function processOf(root: string, line: string, changes: Partial<ProcessRequest> = {}): ProcessRequest {
  const name = changes.name ?? 'META_PROC'
  return {
    bank: 'alu',
    session: 1,
    name,
    exe: line,
    args: '',
    expand: true,
    env: {PATH: process.env['PATH'] ?? ''},
    workingDirectory: path.join(root, 'process'),
    stdoutFile: path.join(root, 'log', `${name}.out`),
    stderrFile: path.join(root, 'log', `${name}.err`),
    timeoutMs: null,
    ...changes,
  }
}

export async function untilState(queue: Queue, id: string, state: JobState): Promise<Job> {
  let job: Job | undefined
  await until(`job ${id} is ${state}`, async () => {
    job = await queue.get(id)
    if (job && job.state !== state && ['done', 'failed', 'cancelled'].includes(job.state)) {
      throw new Error(`job ${id} is ${job.state} (${job.reason}), not ${state}`)
    }
    return job?.state === state
  })
  return job as Job
}
