import {oneBank} from '../path.js'
import {type RpcOptions, rpcAnswer, throughQueue} from '../rpc.js'
import type {RequestOptions, Transport} from '../transport.js'

/** What the cluster said to an action that it took. */
export interface Accepted {
  /** Words of the server, if it gave any. */
  message: string | null
  /** The job that the request became, where it is queued and the cluster tells it (capability `jobs`). */
  job: string | null
}

/**
 * Actions on the releases of a bank, by RPC, which keeps the reason of a refusal. `release` is the local name of a release
 * or the name of its directory. None is ever repeated; after a transport error it is unknown whether it arrived.
 */
export class ReleasesResource {
  readonly #transport: Transport

  constructor(transport: Transport) {
    this.#transport = transport
  }

  /**
   * RPC `publish`: makes a release `current`, the newest in production without one. Done when it resolves. Looks at no lock.
   *
   * @throws {BiomajError} `release_not_found`, `forbidden`, `bank_not_found`, `login_required`, `key_invalid`
   */
  async publish(bank: string, release: string | undefined, options?: RequestOptions): Promise<Accepted> {
    return this.#act({publish: true, bank: oneBank(bank), release: release ?? null}, options)
  }

  /** RPC `unpublish`: takes `current` away. Done when it resolves, also when nothing was published. */
  async unpublish(bank: string, options?: RequestOptions): Promise<Accepted> {
    return this.#act({unpublish: true, bank: oneBank(bank)}, options)
  }

  /** RPC `freeze`: protects a release from removal. Done when it resolves, also for a release that BioMAJ does not have. */
  async freeze(bank: string, release: string, options?: RequestOptions): Promise<Accepted> {
    return this.#act({freeze: true, bank: oneBank(bank), release}, options)
  }

  /** RPC `unfreeze`. As `freeze`. */
  async unfreeze(bank: string, release: string, options?: RequestOptions): Promise<Accepted> {
    return this.#act({unfreeze: true, bank: oneBank(bank), release}, options)
  }

  /**
   * RPC `remove`: queues the removal of a release with its files. BioMAJ drops the request later, without a word, for a
   * release that it does not have, that is published or frozen, and from somebody who is not the owner.
   *
   * @throws {BiomajError} `bank_locked`
   */
  async remove(bank: string, release: string, options?: RequestOptions): Promise<Accepted> {
    return this.#act({remove: true, bank: oneBank(bank), release}, options)
  }

  /**
   * RPC `removeall`: queues the removal of all releases and of what the database knows of the bank. BioMAJ asks for
   * nobody's ownership, and with `force` removes frozen releases too; without it drops the request if there are any.
   *
   * @throws {BiomajError} `bank_locked`
   */
  async removeAll(bank: string, {force}: {force: boolean}, options?: RequestOptions): Promise<Accepted> {
    return this.#act({removeall: true, force, bank: oneBank(bank)}, options)
  }

  /**
   * RPC `removepending`: queues the removal of what unfinished runs left, of all of them without `release`. A daemon at
   * work on it names no bank.
   *
   * @throws {BiomajError} `bank_locked`
   */
  async removePending(bank: string, release: string | undefined, options?: RequestOptions): Promise<Accepted> {
    return this.#act({removepending: true, bank: oneBank(bank), release: release ?? null}, options)
  }

  /**
   * RPC `repair`: queues a run that removes the bank's lock and marks all steps of its last session as done, or of the
   * session that made `release`. Looks at no lock: under a run that is under way it takes that run's lock away.
   *
   * @throws {BiomajError} `refused` for properties that BioMAJ does not take
   */
  async repair(bank: string, release: string | undefined, options?: RequestOptions): Promise<Accepted> {
    return this.#act({repair: true, bank: oneBank(bank), release: release ?? null}, options)
  }

  async #act(call: RpcOptions, options: RequestOptions | undefined): Promise<Accepted> {
    return acceptedOf(await rpcAnswer(this.#transport, {...throughQueue, ...call}, options))
  }
}

export function acceptedOf({msg, job}: {msg: unknown; job: string | undefined}): Accepted {
  const words = typeof msg === 'string' ? msg.trim() : ''
  return {message: words === '' ? null : words, job: job ?? null}
}
