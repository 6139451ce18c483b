import {parseOwns} from '../contract/account.js'
import {
  type BankDetail,
  type BankSummary,
  parseBankDetail,
  parseBankList,
  parseFailedBanks,
  parseStats,
} from '../contract/bank.js'
import {type BankCheck, parseCheck} from '../contract/check.js'
import {type BankRun, parseRun} from '../contract/run.js'
import type {UpdateStep} from '../contract/steps.js'
import {oneBank, path} from '../path.js'
import {rpc, rpcAnswer, throughQueue} from '../rpc.js'
import type {RequestOptions, Transport} from '../transport.js'

/** Options of an update, as the daemon knows them. The daemon checks none of them before it says "sent". */
export interface UpdateOptions {
  /** Publish the new release as `current` at the end. */
  publish?: boolean | undefined
  /** Forget what is there and make the release anew. */
  fromScratch?: boolean | undefined
  /** Work on this release in production instead of the remote one. */
  release?: string | undefined
  /** Start again at this step, which and whose followers are reset. */
  fromTask?: UpdateStep | undefined
  /** With `fromTask` of a process step: the block, meta or process to start again at. */
  process?: string | undefined
  stopBefore?: UpdateStep | undefined
  stopAfter?: UpdateStep | undefined
}

/** Banks: lists, details, the state of their runs, and the actions on them. */
export class BanksResource {
  readonly #transport: Transport

  constructor(transport: Transport) {
    this.#transport = transport
  }

  /** `GET /api/daemon/bank`: public banks, and with a key those private ones that the caller may see. */
  async list(options?: RequestOptions): Promise<BankSummary[]> {
    return parseBankList(await this.#get('/api/daemon/bank', options), 'GET /api/daemon/bank')
  }

  /** `GET /api/daemon/status/ko`: names of banks whose last run did not end well. */
  async failed(options?: RequestOptions): Promise<string[]> {
    return parseFailedBanks(await this.#get('/api/daemon/status/ko', options), 'GET /api/daemon/status/ko')
  }

  /**
   * RPC `status` of one bank: releases and pending ones. RPC, because REST answers a private bank with a bare 500.
   *
   * @throws {BiomajError} `bank_not_found`; `forbidden` for a private bank of somebody else; `login_required` or
   *   `key_invalid` for a bank that was never seen, since looking at it would register it
   */
  async get(name: string, options?: RequestOptions): Promise<BankDetail> {
    return parseBankDetail(
      await this.#rpc({status: true, bank: oneBank(name)}, options),
      `POST /api/daemon {status, bank: ${name}}`,
    )
  }

  /** `GET .../bank/B/status`: the last or running update, step by step. Needs no key, also for private banks. */
  async run(name: string, options?: RequestOptions): Promise<BankRun> {
    const route = path`/api/daemon/bank/${name}/status`
    return parseRun(await this.#get(route, options), `GET ${route}`)
  }

  /** `GET .../bank/B/owns`: the caller owns the bank or is an administrator. False without a valid key. Since daemon 3.0.18. */
  async owns(name: string, options?: RequestOptions): Promise<boolean> {
    const route = path`/api/daemon/bank/${name}/owns`
    return parseOwns(await this.#get(route, options), `GET ${route}`)
  }

  /**
   * RPC `check`: whether the cluster would take the properties of the bank. BioMAJ registers a bank that it looks at for
   * the first time, and then wants a key.
   *
   * @throws {BiomajError} `bank_not_found`, `login_required`, `key_invalid`
   */
  async check(name: string, options?: RequestOptions): Promise<BankCheck> {
    const answer = await rpcAnswer(this.#transport, {...throughQueue, check: true, bank: oneBank(name)}, options)
    return parseCheck(name, answer, `POST /api/daemon {check, bank: ${name}}`)
  }

  /** RPC `stats`: bytes on disk by bank and local release, where the cluster keeps them. */
  async sizes(options?: RequestOptions): Promise<Map<string, Map<string, number>>> {
    return parseStats(await this.#rpc({stats: true}, options), 'POST /api/daemon {stats}')
  }

  /**
   * RPC `update`: puts a request into the queue. Resolves when the daemon took it, which promises nothing about
   * the update: owner, step names, release and maintenance are checked later, in the daemon, without an answer.
   * Never repeated; after a transport error it is unknown whether the request was taken.
   *
   * @returns the id of the job that the request became, where the cluster tells it (capability `jobs`)
   * @throws {BiomajError} `bank_not_found`, `bank_locked`, `key_invalid`, `login_required`, `refused`; `usage` for several banks
   */
  async update(name: string, update: UpdateOptions = {}, options?: RequestOptions): Promise<{job?: string}> {
    const {job} = await rpcAnswer(
      this.#transport,
      {
        ...throughQueue,
        update: true,
        bank: oneBank(name),
        publish: update.publish ?? false,
        fromscratch: update.fromScratch ?? false,
        release: update.release ?? null,
        from_task: update.fromTask ?? null,
        process: update.process ?? null,
        stop_before: update.stopBefore ?? null,
        stop_after: update.stopAfter ?? null,
      },
      options,
    )
    return job === undefined ? {} : {job}
  }

  /**
   * RPC `updatecancel`: asks the running update to stop after its current action. The daemon checks neither owner
   * nor whether anything runs; a request for an idle bank stays and ends the bank's next run.
   */
  async cancel(name: string, options?: RequestOptions): Promise<void> {
    await this.#rpc({updatecancel: true, bank: oneBank(name)}, options)
  }

  async #get(route: string, options: RequestOptions | undefined): Promise<unknown> {
    return this.#transport.json('GET', route, undefined, options)
  }

  async #rpc(call: Record<string, string | boolean | null>, options: RequestOptions | undefined): Promise<unknown> {
    return rpc(this.#transport, {...throughQueue, ...call}, options)
  }
}
