import type {Engine, RunContext, RunOutcome} from '../engine/engine.js'
import type {Downloads, Processes} from '../engine/ports.js'
import type {TransferProgress} from '../model/bank.js'
import type {Job, RemoveRequest, UpdateRequest} from '../queue/queue.js'
import type {Service, ServiceContext} from '../services/service.js'
import {dropIdleLock, settleAbandonedRun, settleAbandonedRuns} from './abandoned-runs.js'
import {ChildJobs} from './child-jobs.js'
import {queueDownloads, queueProcesses} from './queue-ports.js'
import {type JobEnd, type JobWork, startPool} from './worker-pool.js'

export interface UpdateWorkerOptions {
  context: ServiceContext
  /** Makes the engine of one run. What it has fetched and run becomes jobs, children of the run's own. */
  engine: (ports: {downloads: Downloads; processes: Processes}) => Engine
  /** Default: as the settings say. */
  slots?: number | undefined
}

const kinds = ['update', 'remove', 'repair'] as const
type Kind = (typeof kinds)[number]

/** Starts workers that update, remove and repair banks. */
export async function startUpdateWorkers({context, engine, slots}: UpdateWorkerOptions): Promise<Service> {
  const settling = await settleWhenAbandoned(context)
  const pool = await startPool({
    context,
    service: 'update',
    kinds,
    tellsOf: kinds,
    slots: slots ?? context.settings.workers.update,
    handle: async (job, work) => run(job, {...work, context, engine}),
  })
  return {
    stop: async stopping => {
      await pool.stop(stopping)
      await settling.stop()
    },
  }
}

/** Whatever ends without its engine leaves no lock behind, now and as long as we run. */
async function settleWhenAbandoned(context: ServiceContext): Promise<{stop: () => Promise<void>}> {
  const {queue, log} = context
  await settleAbandonedRuns(context)
  const settling = new Set<Promise<void>>()
  const unwatch = queue.watch(({id, kind, state}) => {
    if (!(kinds as readonly string[]).includes(kind) || (state !== 'failed' && state !== 'cancelled')) return
    const settled = (async () => {
      try {
        const job = await queue.get(id)
        if (job) await settleAbandonedRun(context, job)
      } catch (error) {
        // The lock goes when the bank is worked on next.
        log.warn({err: error, job: id}, 'what a run has left could not be put in order')
      }
    })().finally(() => settling.delete(settled))
    settling.add(settled)
  })
  return {
    stop: async () => {
      unwatch()
      await Promise.all(settling)
    },
  }
}

async function run(
  job: Job<Kind>,
  {lease, worker, context, engine}: JobWork & Pick<UpdateWorkerOptions, 'context' | 'engine'>,
): Promise<JobEnd> {
  const {queue, store, settings} = context
  const handover = {queue, parent: job}
  // A worker that died may have left downloads under way, which write where this run is going to.
  const children = new ChildJobs(handover)
  try {
    await children.endLeftovers()
  } finally {
    children.close()
  }
  await dropIdleLock(context, job)
  lease.signal.throwIfAborted()
  const user = await store.users.get(job.user)
  const runContext: RunContext = {
    job: job.id,
    user: job.user,
    // The scheduler's own runs have its rights.
    admin: job.user === 'biomaj' || user?.admin === true || settings.admins.includes(job.user),
    worker,
    correlationId: job.correlationId,
    signal: lease.signal,
  }
  const ports = {
    downloads: reported(queueDownloads(handover), progress => lease.report(progress)),
    processes: queueProcesses(handover),
  }
  const outcome = await start(job, {engine: engine(ports), context: runContext})
  return {state: outcome.state, result: outcome, reason: outcome.reason ?? undefined}
}

/** The job tells the sum of all that is fetched for it. */
function reported(downloads: Downloads, report: (progress: TransferProgress) => void): Downloads {
  const parts: TransferProgress[] = []
  return {
    fetch: async (request, options) => {
      const index = parts.push({filesDone: 0, filesTotal: 0, bytesDone: 0, bytesTotal: 0}) - 1
      return downloads.fetch(request, {
        ...options,
        onProgress: progress => {
          parts[index] = progress
          report(sumOf(parts))
          options.onProgress(progress)
        },
      })
    },
  }
}

function sumOf(parts: readonly TransferProgress[]): TransferProgress {
  const sum: TransferProgress = {filesDone: 0, filesTotal: 0, bytesDone: 0, bytesTotal: 0}
  for (const {filesDone, filesTotal, bytesDone, bytesTotal} of parts) {
    sum.filesDone += filesDone
    sum.filesTotal += filesTotal
    sum.bytesDone += bytesDone
    sum.bytesTotal = sum.bytesTotal === null || bytesTotal === null ? null : sum.bytesTotal + bytesTotal
  }
  return sum
}

async function start(
  {kind, payload}: Job<Kind>,
  {engine, context}: {engine: Engine; context: RunContext},
): Promise<RunOutcome> {
  if (kind === 'remove') return engine.remove(payload as RemoveRequest, context)
  if (kind === 'repair') return engine.repair(payload, context)
  return engine.update(payload as UpdateRequest, context)
}
