import {randomBytes} from 'node:crypto'
import {hostname} from 'node:os'
import type {Logger} from 'pino'
import type {ServiceInstance, ServiceName} from '../model/records.js'
import type {Store} from '../store/store.js'
import type {WallClock} from './wall-clock.js'

export interface RegistrationOptions {
  store: Pick<Store, 'services'>
  service: ServiceName
  /** How long others believe in this instance after its last word. */
  leaseMs: number
  clock: WallClock
  log: Logger
}

/** A running instance that `status` can see. */
export interface Registration {
  readonly id: string
  /** Tells what the instance is doing; null when it is idle. */
  work(work: ServiceInstance['work']): Promise<void>
  leave(): Promise<void>
}

/** Registers an instance of a service and renews its lease, three times as often as needed, until it leaves. */
export async function register({store, service, leaseMs, clock, log}: RegistrationOptions): Promise<Registration> {
  const id = `biomaj-${service}-${randomBytes(3).toString('hex')}@${hostname()}:${process.pid}`
  const stopping = new AbortController()
  const startedAtMs = clock.nowMs()
  let doing: ServiceInstance['work'] = null
  const renew = () =>
    store.services.renew({
      id,
      service,
      host: hostname(),
      pid: process.pid,
      startedAtMs,
      leaseUntilMs: clock.nowMs() + leaseMs,
      work: doing,
    })
  await renew()
  const renewing = (async () => {
    for (;;) {
      await clock.sleep(leaseMs / 3, stopping.signal)
      try {
        await renew()
      } catch (error) {
        // A database that is away for a moment: the next renewal may succeed before the lease ends.
        log.warn({err: error, instance: id}, 'cannot renew the registration')
      }
    }
  })().catch((error: unknown) => {
    if (!stopping.signal.aborted) log.error({err: error, instance: id}, 'the registration is not renewed any more')
  })
  return {
    id,
    work: async work => {
      doing = work
      await renew()
    },
    leave: async () => {
      stopping.abort()
      await renewing
      await store.services.leave(id)
    },
  }
}
