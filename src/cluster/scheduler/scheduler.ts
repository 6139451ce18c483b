import type {Accounts} from '../daemon/accounts.js'
import {register} from '../services/registration.js'
import type {HttpHandler, Service, ServiceContext} from '../services/service.js'
import {systemWallClock, type WallClock} from '../services/wall-clock.js'
import {CronEntries} from './cron-entries.js'
import {CronRuns} from './cron-runs.js'
import {isLeader} from './leadership.js'
import {ReleaseWatching} from './release-watching.js'
import {type RulesOfBank, rulesFromFiles} from './schedule-rules.js'
import {schedulerHttp} from './scheduler-http.js'

export interface SchedulerOptions {
  context: ServiceContext
  accounts: Accounts
  clock?: WallClock | undefined
  /** Of cron expressions, an IANA name; that of the machine when left out. */
  timeZone?: string | undefined
  /** Variables `BIOMAJ_X_Y_Z` that win over properties. */
  env?: Readonly<Record<string, string | undefined>> | undefined
  rulesOf?: RulesOfBank | undefined
  /** How often it is looked what is due. Default 5 s. */
  intervalMs?: number | undefined
}

export interface Scheduler extends Service {
  /** Answers below `/api/release`. */
  readonly handler: HttpHandler
  readonly entries: CronEntries
}

/**
 * Starts the service that adds updates at the times of the schedule and when remote sides have something new. Any number
 * of them may run: one acts, the others wait for its lease to end.
 */
export async function createScheduler(options: SchedulerOptions): Promise<Scheduler> {
  const {context, accounts, clock = systemWallClock, timeZone, env = {}, intervalMs = 5000} = options
  const {store, queue, settings} = context
  const log = context.log.child({service: 'scheduler'})
  const {admins} = settings
  const entries = new CronEntries({store, clock, timeZone})
  const runs = new CronRuns({store, queue, log, admins, timeZone})
  const rulesOf = options.rulesOf ?? rulesFromFiles(settings, env)
  const watching = new ReleaseWatching({store, queue, log, rulesOf})
  const registration = await register({store, service: 'scheduler', leaseMs: settings.leaseMs, clock, log})
  const stopping = new AbortController()

  const once = async () => {
    const nowMs = clock.nowMs()
    if ((await store.maintenance.get()) || !(await isLeader(store, registration.id, nowMs))) return
    await runs.run(nowMs)
    if (!stopping.signal.aborted) await watching.run(nowMs)
  }
  const working = (async () => {
    while (!stopping.signal.aborted) {
      try {
        await once()
      } catch (error) {
        log.error({err: error}, 'the schedule could not be looked at')
      }
      // Stopping is the one reason for which it does not go on.
      await clock.sleep(intervalMs, stopping.signal).catch(() => stopping.abort())
    }
  })()

  return {
    handler: schedulerHttp({store, accounts, admins, entries, log}),
    entries,
    stop: async () => {
      stopping.abort()
      await working
      await registration.leave()
    },
  }
}
