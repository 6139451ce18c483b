import {parseHistory} from '../../src/api/contract/bank.js'
import {parseActivity, parseLocks} from '../../src/api/contract/daemon.js'
import {parseRun} from '../../src/api/contract/run.js'
import {errorFromStatus} from '../../src/api/error-mapping.js'
import type {WatchedCluster} from '../../src/operations/wait/evidence.js'
import type {Clock} from '../../src/shared/clock.js'
import {BiomajError} from '../../src/shared/errors.js'
import type {Polled, Sequence} from './real-cluster/sequences.js'

/** A clock that only moves when somebody sleeps. */
export class FakeClock implements Clock {
  ms: number
  readonly #random: () => number

  constructor(startMs = 0, random: () => number = () => 0.5) {
    this.ms = startMs
    this.#random = random
  }

  nowMs(): number {
    return this.ms
  }

  async sleep(delayMs: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    this.ms += delayMs
    await Promise.resolve()
  }

  random(): number {
    return this.#random()
  }
}

/** Plays a recorded timeline of the real services, as it looks at the clock's time. After its end nothing changes any more. */
export function replay(sequence: Sequence, clock: FakeClock): WatchedCluster & {requests: number} {
  const now = () => sequence.samples.findLast(({atMs}) => atMs <= clock.ms) ?? sequence.samples[0]
  const cluster = {
    requests: 0,
    daemon: {
      activity: async () => parseActivity(answer(now()?.whatsup, 'GET whatsup'), 'whatsup'),
      locks: async () => parseLocks(rpcAnswer(now()?.locks), 'locks'),
    },
    banks: {run: async (bank: string) => parseRun(answer(now()?.status[bank], 'GET status'), 'status')},
    history: {list: async () => parseHistory(rpcAnswer(now()?.history), 'history')},
    logs: {
      async *tail(bank: string) {
        const text = String(answer(now()?.log[bank], 'GET log')).replace(/##END_OF_LOG$/, '')
        yield* text.split('\n').filter(line => line !== '')
      },
    },
  }

  function answer(polled: Polled | undefined, route: string): unknown {
    cluster.requests++
    if (!polled || 'error' in polled)
      throw new BiomajError({code: 'unreachable', message: polled?.error ?? 'not recorded'})
    if (polled.status === 200) return polled.body
    throw errorFromStatus(polled.status, String(polled.body), {route, origin: 'http://recorded', withKey: true})
  }

  function rpcAnswer(polled: Polled | undefined): unknown {
    return (answer(polled, 'POST /api/daemon') as {msg: unknown}).msg
  }

  return cluster
}
