import type * as z from 'zod/mini'
import type {
  bankRun,
  daemonHello,
  job as jobSchema,
  locks as locksSchema,
  whoAmI,
} from '../../api/contract/additions.js'
import {capabilities} from '../../api/contract/additions.js'
import type {BankStatus} from '../model/bank.js'
import type {Job, JobKind, JobState} from '../queue/queue.js'
import {Refusal, usage} from './refusal.js'
import {type Call, readableBank, readableBanks, type Site} from './site.js'
import {moment, momentOrNull, pythonFloat} from './times.js'
import type {Viewer} from './viewer.js'

/** What this cluster says beyond BioMAJ's API. Shapes: `api/contract/additions.ts`. */

export function hello({version, settings}: Site): z.infer<typeof daemonHello> {
  return {msg: 'pong', biomaj: {version, name: settings.name, capabilities: [...capabilities]}}
}

export function whoami({account, admin, keyGiven}: Viewer): z.infer<typeof whoAmI> {
  const user = account ? {id: account.id, email: account.email, admin} : null
  return {user, keyGiven, keyKnown: account !== null}
}

export async function locks(call: Call): Promise<z.infer<typeof locksSchema>> {
  const {store} = call.site
  const readable = await readableBanks(call)
  const [all, maintenance] = await Promise.all([store.locks.list(), store.maintenance.get()])
  return {
    locks: all
      .filter(({bank}) => readable(bank))
      .map(({bank, action, owner, job, sinceMs}) => ({bank, action, owner, job, since: moment(sinceMs)})),
    maintenance: maintenance && {since: moment(maintenance.sinceMs), by: maintenance.by},
  }
}

type JobView = z.infer<typeof jobSchema>

const jobStates: readonly JobState[] = ['queued', 'running', 'done', 'failed', 'cancelled']
const jobKinds: readonly JobKind[] = ['update', 'remove', 'repair', 'download', 'process', 'release']
const ofBanks = ['update', 'remove', 'repair'] as const
const mostJobs = 1000

/** Newest first; those of people unless a parent or a kind is asked for. */
export async function jobs(call: Call, query: URLSearchParams): Promise<{jobs: JobView[]}> {
  const list = <Word extends string>(name: string, known: readonly Word[]): Word[] | undefined => {
    const words =
      query
        .get(name)
        ?.split(',')
        .filter(word => word !== '') ?? []
    const unknown = words.find(word => !known.some(each => each === word))
    if (unknown !== undefined) throw usage(`There is no ${name} "${unknown}"`, `Known: ${known.join(', ')}.`)
    return words.length === 0 ? undefined : known.filter(word => words.includes(word))
  }
  const limitText = query.get('limit') ?? '100'
  if (!/^\d{1,6}$/.test(limitText)) throw usage('limit must be a whole number')
  const limit = Math.min(Math.max(Number(limitText), 1), mostJobs)
  const parent = query.get('parent') ?? undefined
  const request = {
    kinds: list('kind', jobKinds) ?? (parent === undefined ? ofBanks : undefined),
    states: list('state', jobStates),
    bank: query.get('bank') ?? undefined,
    parent,
    order: 'newest' as const,
  }
  const readable = await readableBanks(call)
  const visible = ({bank, user}: Job) => readable(bank) || user === call.viewer.account?.id
  for (let asked = limit; ; asked *= 4) {
    const found = await call.site.queue.list({...request, limit: asked})
    const shown = found.filter(visible)
    if (shown.length >= limit || found.length < asked) return {jobs: shown.slice(0, limit).map(jobView)}
  }
}

export async function oneJob(call: Call, id: string): Promise<{job: JobView}> {
  const job = await call.site.queue.get(id)
  const readable = await readableBanks(call)
  if (!job || !(readable(job.bank) || job.user === call.viewer.account?.id)) {
    throw new Refusal({code: 'job_not_found', message: 'There is no such job'})
  }
  return {job: jobView(job)}
}

function jobView(job: Job): JobView {
  const {id, kind, bank, state, user, correlationId, parent, worker, attempts, progress, reason} = job
  const result = outcomeOf(job)
  return {
    id,
    kind,
    bank,
    state,
    user,
    correlationId,
    parent,
    queuedAt: moment(job.queuedAtMs),
    startedAt: momentOrNull(job.startedAtMs),
    endedAt: momentOrNull(job.endedAtMs),
    worker,
    attempts,
    progress,
    ...result,
    reason,
  }
}

/** What an update, removal or repair came to, of the JSON that its worker gave. */
function outcomeOf({kind, result}: Job): Pick<JobView, 'release' | 'updated' | 'published' | 'directory' | 'session'> {
  const outcome = ofBanks.some(each => each === kind) && isRecord(result) ? result : {}
  const textOf = (name: string) => (typeof outcome[name] === 'string' ? outcome[name] : null)
  const truth = (name: string) => (typeof outcome[name] === 'boolean' ? outcome[name] : null)
  const session = outcome['session']
  return {
    release: textOf('release'),
    updated: truth('updated'),
    published: truth('published'),
    directory: textOf('directory'),
    session: typeof session === 'number' ? pythonFloat(session) : null,
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export async function run(call: Call, name: string): Promise<z.infer<typeof bankRun>> {
  const {bank} = await readableBank(call, name)
  if (!bank.status) return {run: null}
  return {run: {...runView(bank.status), job: await jobOf(call, name, bank.status)}}
}

function runView({session, action, running, steps, processes, progress, reason}: BankStatus) {
  return {
    session: pythonFloat(session),
    action,
    running,
    steps: steps.map(({step, state, startedAtMs, endedAtMs}) => ({
      step,
      state: step === running && state === 'waiting' ? ('running' as const) : state,
      startedAt: momentOrNull(startedAtMs),
      endedAt: momentOrNull(endedAtMs),
    })),
    processes: processes.map(({name, state, startedAtMs, endedAtMs}) => ({
      name,
      state,
      startedAt: momentOrNull(startedAtMs),
      endedAt: momentOrNull(endedAtMs),
    })),
    progress,
    reason,
  }
}

/** Of a running run the job that holds the bank's lock, of an ended one the job in its row of the history. */
async function jobOf({site}: Call, bank: string, {running, action}: BankStatus): Promise<string | null> {
  if (running !== null) return (await site.store.locks.get(bank))?.job ?? null
  const [row] = await site.store.history.list({bank, limit: 1})
  return row?.action === action ? row.job : null
}
