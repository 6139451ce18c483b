import type {Engine, RunContext, RunOutcome} from '../engine/engine.js'
import type {Downloads, Processes} from '../engine/ports.js'
import type {Job, RemoveRequest, UpdateRequest} from '../queue/queue.js'
import type {Service, ServiceContext} from '../services/service.js'
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
  return startPool({
    context,
    service: 'update',
    kinds,
    tellsOf: kinds,
    slots: slots ?? context.settings.workers.update,
    handle: async (job, work) => run(job, {...work, context, engine}),
  })
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
  const outcome = await start(job, {
    engine: engine({downloads: queueDownloads(handover), processes: queueProcesses(handover)}),
    context: runContext,
  })
  return {state: outcome.state, result: outcome, reason: outcome.reason ?? undefined}
}

async function start(
  {kind, payload}: Job<Kind>,
  {engine, context}: {engine: Engine; context: RunContext},
): Promise<RunOutcome> {
  if (kind === 'remove') return engine.remove(payload as RemoveRequest, context)
  if (kind === 'repair') return engine.repair(payload, context)
  return engine.update(payload as UpdateRequest, context)
}
