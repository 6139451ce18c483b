import {type HistoryEntry, parseHistory} from '../contract/bank.js'
import {wholeNumber} from '../path.js'
import {rpcAnswer, throughQueue} from '../rpc.js'
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
    const {msg, runs} = await rpcAnswer(
      this.#transport,
      {...throughQueue, history: true, historyLimit},
      {...options, anonymous: true},
    )
    return parseHistory({...asObject(msg), runs}, 'POST /api/daemon {history}')
  }
}

function asObject(msg: unknown): object {
  return typeof msg === 'object' && msg !== null ? msg : {}
}
