import {bankList} from './actions/listing.js'
import type {Call, Site} from './site.js'

/** Lists of more callers than this are made anew. */
const mostCallers = 100

/**
 * The bank list as bytes, by caller: with thousands of banks, writing it down is what costs. It is asked for again and
 * again by those who watch, and changes rarely.
 */
export class BankListCache {
  readonly #site: Site
  readonly #era: string
  #version: number | undefined
  readonly #lists = new Map<string, {body: Buffer; etag: string}>()

  /** @param era differs for each start of a daemon: versions may begin anew with the store */
  constructor(site: Site, era: string) {
    this.#site = site
    this.#era = era
  }

  async answer(call: Call, ifNoneMatch: string | undefined): Promise<Response> {
    const {body, etag} = await this.#list(call)
    const headers = {etag, 'cache-control': 'private, no-cache', vary: 'authorization, x-api-key'}
    if (ifNoneMatch?.split(',').some(each => each.trim() === etag) === true) {
      return new Response(null, {status: 304, headers})
    }
    return new Response(new Uint8Array(body), {headers: {...headers, 'content-type': 'application/json'}})
  }

  async #list(call: Call): Promise<{body: Buffer; etag: string}> {
    const {version} = await this.#site.index.read()
    if (version !== this.#version) {
      this.#lists.clear()
      this.#version = version
    }
    const {account, admin} = call.viewer
    const caller = admin ? 'all' : account ? `user ${account.id}` : 'nobody'
    const known = this.#lists.get(caller)
    if (known) return known
    const {json} = await bankList(call)
    const list = {
      body: Buffer.from(JSON.stringify(json)),
      etag: `"${this.#era}-${version}-${Buffer.from(caller).toString('base64url')}"`,
    }
    if (version !== this.#version) return list
    if (this.#lists.size >= mostCallers) this.#lists.clear()
    this.#lists.set(caller, list)
    return list
  }
}
