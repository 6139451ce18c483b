import {type HistoryEntry, parseHistory} from '../contract/bank.js'
import {wholeNumber} from '../path.js'
import {rpc, throughQueue} from '../rpc.js'
import type {RequestOptions, Transport} from '../transport.js'

/** Ended updates and removals of all banks. */
export class HistoryResource {
  readonly #transport: Transport

  constructor(transport: Transport) {
    this.#transport = transport
  }

  /**
   * RPC `history`, newest first; all of it when `limit` is 0. RPC, because the REST route fails when given a limit.
   * Needs no key.
   */
  async list({limit, ...options}: RequestOptions & {limit: number}): Promise<HistoryEntry[]> {
    const historyLimit = wholeNumber(limit, 'entries')
    const answer = await rpc(
      this.#transport,
      {...throughQueue, history: true, historyLimit},
      {...options, anonymous: true},
    )
    return parseHistory(answer, 'POST /api/daemon {history}')
  }
}
