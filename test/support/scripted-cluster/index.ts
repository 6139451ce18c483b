import {Endpoint} from '../fault-proxy/endpoint.js'
import type {SeenRequest} from '../fault-proxy/endpoint.js'
import {Engine} from './engine.js'
import {answer} from './routes.js'
import {newState} from './state.js'
import type {ClusterState, Outcome, ScriptedBank} from './state.js'

export {aBank, aRelease, defaultUsers} from './state.js'
export type {ClusterState, Outcome, ScriptedBank} from './state.js'

export interface ScriptedClusterOptions extends Partial<Omit<ClusterState, 'banks'>> {
  banks?: ScriptedBank[]
  /** With it the daemons work by themselves, one step per interval; without it only `advance()` moves them. */
  tickMs?: number
}

/** Starts a public proxy of BioMAJ on a free loopback port, with a state that the test owns. */
export async function startScriptedCluster(options: ScriptedClusterOptions = {}): Promise<ScriptedCluster> {
  const cluster = new ScriptedCluster(options)
  await cluster.start()
  return cluster
}

export class ScriptedCluster {
  /** What the cluster is; may be changed at any time. */
  readonly state: ClusterState
  readonly requests: SeenRequest[] = []
  /** Nothing is answered before it resolves. */
  held: Promise<void> | undefined
  readonly #engine: Engine
  readonly #endpoint: Endpoint
  readonly #tickMs: number | undefined
  #timer: NodeJS.Timeout | undefined

  constructor({banks = [], tickMs, ...changes}: ScriptedClusterOptions) {
    this.state = newState({...changes, banks: new Map(banks.map(bank => [bank.name, bank]))})
    this.#engine = new Engine(this.state)
    this.#tickMs = tickMs
    this.#endpoint = new Endpoint(async ({seen}, response) => {
      await this.held
      seen.reachedCluster = true
      const {status, contentType, body} = answer(this.state, seen)
      response.writeHead(status, {'content-type': contentType, server: 'gunicorn'}).end(body)
    }, this.requests)
  }

  get url(): string {
    return this.#endpoint.url
  }

  /** No daemon works and nothing waits that one could take. */
  get idle(): boolean {
    return this.#engine.idle
  }

  bank(name: string): ScriptedBank {
    const bank = this.state.banks.get(name)
    if (bank === undefined) throw new Error(`The scripted cluster has no bank ${name}`)
    return bank
  }

  /** What the next updates of a bank do, after those already scripted. */
  script(name: string, ...outcomes: Outcome[]): void {
    this.bank(name).outcomes.push(...outcomes)
  }

  /** Every daemon does one step; as often as told. */
  advance(steps = 1): void {
    for (let step = 0; step < steps; step += 1) this.#engine.advance()
  }

  /** Lets the daemons work until nothing is left. */
  finish(): void {
    for (let step = 0; !this.idle; step += 1) {
      if (step > 10_000) throw new Error('The scripted cluster does not come to rest')
      this.#engine.advance()
    }
  }

  /** Starts the daemons that died again. What they left behind stays. */
  restartDaemons(): void {
    for (const daemon of this.state.daemons) daemon.alive = true
  }

  async waitForRequest(predicate: (request: SeenRequest) => boolean, timeoutMs = 60_000): Promise<SeenRequest> {
    return await this.#endpoint.waitForRequest(predicate, timeoutMs)
  }

  async start(): Promise<void> {
    await this.#endpoint.listen()
    if (this.#tickMs !== undefined) this.#timer = setInterval(() => this.#engine.advance(), this.#tickMs)
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await this.#endpoint.close()
  }
}
