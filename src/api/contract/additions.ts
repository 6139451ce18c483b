import * as z from 'zod/mini'

/**
 * What the embedded cluster says beyond BioMAJ's own API. `GET /api/daemon` lists what a cluster has under
 * `capabilities`; a cluster without the list has none of it. All of it is JSON, times are RFC 3339 in UTC, errors are
 * `{"error": {"code", "message", "hint"?}}` with the fitting HTTP status.
 */
export const capabilities = [
  /** `GET /api/daemon/whoami` */
  'whoami',
  /** `GET /api/daemon/locks` */
  'locks',
  /** `GET /api/daemon/jobs`, `GET /api/daemon/jobs/ID`; answers to updates and removals carry `job`. */
  'jobs',
  /** `GET /api/daemon/bank/B/run` */
  'run',
  /** `GET /api/daemon/bank/B/sessions/S/log?offset=` */
  'session-log',
  /** `GET /api/daemon/events` (server-sent events, `Last-Event-ID`) */
  'events',
  /** `GET /api/daemon/history?limit=&bank=` takes both, and rows have `reason` and `cancelled` in `runs`. */
  'history-reason',
] as const
export type Capability = (typeof capabilities)[number]

/** `GET /api/daemon` */
export const daemonHello = z.object({
  msg: z.string(),
  biomaj: z.optional(z.object({version: z.string(), name: z.string(), capabilities: z.array(z.string())})),
})

/** `GET /api/daemon/whoami`: null for nobody, and for a key that is unknown (then `keyKnown` is false). */
export const whoAmI = z.object({
  user: z.nullable(z.object({id: z.string(), email: z.string(), admin: z.boolean()})),
  keyGiven: z.boolean(),
  keyKnown: z.boolean(),
})

/** `GET /api/daemon/locks` */
export const locks = z.object({
  locks: z.array(
    z.object({bank: z.string(), action: z.string(), owner: z.string(), job: z.string(), since: z.string()}),
  ),
  maintenance: z.nullable(z.object({since: z.string(), by: z.string()})),
})

const progress = z.object({
  filesDone: z.number(),
  filesTotal: z.number(),
  bytesDone: z.number(),
  bytesTotal: z.nullable(z.number()),
})

export const job = z.object({
  id: z.string(),
  kind: z.enum(['update', 'remove', 'repair', 'download', 'process', 'release']),
  bank: z.string(),
  state: z.enum(['queued', 'running', 'done', 'failed', 'cancelled']),
  user: z.string(),
  /** Of the request; the same in all logs. */
  correlationId: z.string(),
  parent: z.nullable(z.string()),
  queuedAt: z.string(),
  startedAt: z.nullable(z.string()),
  endedAt: z.nullable(z.string()),
  worker: z.nullable(z.string()),
  attempts: z.number(),
  progress: z.nullable(progress),
  /** Release that it made; null unless it is an update that made one. */
  release: z.nullable(z.string()),
  /** Whether an update that is done brought something new. */
  updated: z.nullable(z.boolean()),
  /** Whether the release was published by it. */
  published: z.nullable(z.boolean()),
  /** Directory of the release, absolute on the cluster. */
  directory: z.nullable(z.string()),
  session: z.nullable(z.string()),
  reason: z.nullable(z.string()),
})

/** `GET /api/daemon/jobs?bank=&state=&limit=` (newest first) and `GET /api/daemon/jobs/ID` (`{job}`) */
export const jobs = z.object({jobs: z.array(job)})
export const oneJob = z.object({job})

const moment = z.nullable(z.string())

/** `GET /api/daemon/bank/B/run`: the last or running update or removal; `run` is null before the first. */
export const bankRun = z.object({
  run: z.nullable(
    z.object({
      session: z.string(),
      action: z.enum(['update', 'remove']),
      job: z.nullable(z.string()),
      running: z.nullable(z.string()),
      steps: z.array(
        z.object({
          step: z.string(),
          state: z.enum(['waiting', 'running', 'over', 'error', 'skipped']),
          startedAt: moment,
          endedAt: moment,
        }),
      ),
      processes: z.array(
        z.object({
          name: z.string(),
          state: z.enum(['waiting', 'running', 'over', 'error']),
          startedAt: moment,
          endedAt: moment,
        }),
      ),
      progress: z.nullable(progress),
      reason: z.nullable(z.string()),
    }),
  ),
})

/**
 * `GET /api/daemon/bank/B/sessions/S/log?offset=0&limit=65536`: bytes from `offset` on, cut at the end of a line where
 * there is one. `complete` when the run is over and nothing follows. S may be `last`.
 */
export const sessionLog = z.object({
  session: z.string(),
  /** Names the file: a session that is taken up again keeps its id and gets another log. */
  log: z.string(),
  offset: z.number(),
  nextOffset: z.number(),
  sizeBytes: z.number(),
  text: z.string(),
  complete: z.boolean(),
})

/** What an event of `GET /api/daemon/events` carries; its `event:` is the type, its `id:` the id to resume from. */
export const eventData = z.object({
  at: z.string(),
  bank: z.nullable(z.string()),
  data: z.record(z.string(), z.unknown()),
})
