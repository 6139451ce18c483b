import {setTimeout as pause} from 'node:timers/promises'
import type {EmbeddedCluster} from '../../support/embedded-cluster/index.js'
import {startEmbeddedCluster} from '../../support/embedded-cluster/index.js'
import {startHttpUpstream} from '../../support/upstream/index.js'
import type {HttpUpstream} from '../../support/upstream/index.js'
import {crashBanks, putRelease, releaseOf} from './banks.js'
import type {Files} from './banks.js'
import {problemsAtRest, problemsOnDisk} from './invariants.js'
import {durationsMs, phaseOf, RunLogs} from './phases.js'
import type {Aim, Phase} from './phases.js'
import {randomNumbers} from './random.js'

const dayMs = 86_400_000
const firstDay = Date.UTC(2015, 0, 1, 12)
const banks = ['folder', 'packed']

export interface Kill {
  /** For reports: what was aimed at, and how long after its beginning. */
  moment: string
  aim: Aim
  /** Where the run of the bank that was aimed at stood when its cluster died. */
  hit: Phase
  problems: string[]
}

/** The installed product with its own upstream, which is killed again and again. Its only update worker makes requests wait. */
export class Victim {
  readonly #cluster: EmbeddedCluster
  readonly #upstream: HttpUpstream
  readonly #random: () => number
  readonly #releases = new Map<string, Map<string, Files>>()
  readonly #durations = new Map<string, Record<Aim, number>>()
  #day = 0

  private constructor(parts: {cluster: EmbeddedCluster; upstream: HttpUpstream; seed: number}) {
    this.#cluster = parts.cluster
    this.#upstream = parts.upstream
    this.#random = randomNumbers(parts.seed)
  }

  static async start(seed: number): Promise<Victim> {
    const upstream = await startHttpUpstream()
    const cluster = await startEmbeddedCluster({as: 'process', flags: {'cluster.workers.update': '1'}})
    const victim = new Victim({cluster, upstream, seed})
    for (const definition of crashBanks(upstream)) await cluster.addBank(definition, 'jane')
    await victim.#measure()
    return victim
  }

  async stop(): Promise<void> {
    await this.#cluster.stop()
    await this.#upstream.stop()
  }

  /** Two whole rounds, to know how long each phase lasts: the second has an older release to remove. */
  async #measure(): Promise<void> {
    for (let round = 0; round < 2; round += 1) {
      await this.#nextRelease()
      const known = new Map(banks.map(bank => [bank, new Set(this.#logs(bank).names())]))
      const askedAtMs = Date.now()
      await this.#ask(banks)
      await this.#cluster.settle()
      for (const bank of banks) {
        this.#durations.set(bank, durationsMs(this.#logs(bank).textOfNext(known.get(bank) ?? new Set()), askedAtMs))
      }
    }
  }

  /** Asks for updates, kills the cluster in the phase, and looks what is left, at once and after it came back. */
  async kill(aim: Aim): Promise<Kill> {
    const cluster = this.#cluster
    await this.#nextRelease()
    // The first runs, and the other waits for it.
    const order = this.#random() < 0.5 ? banks : banks.toReversed()
    const target = (aim === 'queue' || this.#random() < 0.5 ? order[1] : order[0]) ?? ''
    // The very end is left out: a phase is not always as long as it was.
    const afterMs = this.#random() * 0.9 * (this.#durations.get(target)?.[aim] ?? 0)
    const logs = this.#logs(target)
    const known = new Set(logs.names())
    const asked = this.#ask(order)
    if (aim !== 'queue') await reach(aim, () => logs.textOfNext(known))
    await pauseFor(afterMs)
    await cluster.kill()
    const hit = phaseOf(logs.textOfNext(known))
    const accepted = await asked
    const problems = await problemsOnDisk(cluster.root, this.#releases)

    await cluster.start()
    await cluster.settle()
    // What was not accepted is asked for again, as a user would.
    await this.#ask(order.slice(accepted.length))
    await cluster.settle()
    problems.push(...(await problemsAtRest(cluster, {accepted, releases: this.#releases})))
    return {moment: `${afterMs.toFixed(1)} ms into the ${aim} of ${target}`, aim, hit, problems}
  }

  #logs(bank: string): RunLogs {
    return new RunLogs(this.#cluster.root, bank)
  }

  async #nextRelease(): Promise<void> {
    this.#day += 1
    const date = new Date(firstDay + this.#day * dayMs)
    for (const [bank, files] of Object.entries(await putRelease(this.#upstream, date))) {
      this.#releases.set(bank, (this.#releases.get(bank) ?? new Map<string, Files>()).set(releaseOf(date), files))
    }
  }

  /** Ids of the jobs that were accepted; a request that the kill cut off was not. */
  async #ask(names: readonly string[]): Promise<string[]> {
    const {apiKey} = this.#cluster.user('jane')
    const accepted: string[] = []
    for (const bank of names) {
      const request = {method: 'POST', path: `/api/daemon/bank/${bank}`, apiKey, body: {}}
      const answer = await this.#cluster.request(request).catch(() => undefined)
      if (answer === undefined) break
      if (answer.status !== 200) throw new Error(`${bank} was refused: ${answer.status} ${answer.text}`)
      const {job} = JSON.parse(answer.text) as {job?: string}
      if (job === undefined) throw new Error(`No job is named: ${answer.text}`)
      accepted.push(job)
    }
    return accepted
  }
}

const order: readonly Phase[] = ['queue', 'begin', 'download', 'work', 'publish', 'over']

async function reach(aim: Aim, log: () => string): Promise<void> {
  const givenUpAt = performance.now() + 30_000
  while (order.indexOf(phaseOf(log())) < order.indexOf(aim)) {
    if (performance.now() > givenUpAt) throw new Error(`The run does not come to ${aim}:\n${log()}`)
    await pause(1)
  }
}

/** Timers wait for whole milliseconds, and a phase may last two. */
async function pauseFor(ms: number): Promise<void> {
  const until = performance.now() + ms
  if (ms > 2) await pause(Math.floor(ms) - 1)
  while (performance.now() < until) await new Promise(setImmediate)
}
