import * as z from 'zod/mini'
import {
  type Activity,
  type Locks,
  type ModuleVersion,
  parseActivity,
  parseLocks,
  parseMessage,
  parseServices,
  parseVersions,
  type Service,
} from '../contract/daemon.js'
import {parseBody} from '../contract/parse.js'
import {rpc, rpcAnswer, throughQueue} from '../rpc.js'
import {type Accepted, acceptedOf} from './releases.js'
import type {RequestOptions, Transport} from '../transport.js'

const pingBody = z.object({msg: z.literal('pong')})

/** The daemon itself: services, queue, maintenance, locks. BioMAJ needs no key for these routes and gets one with `ping` alone. */
export class DaemonResource {
  readonly #transport: Transport

  constructor(transport: Transport) {
    this.#transport = transport
  }

  /**
   * `GET /api/daemon`: resolves when a BioMAJ daemon answers at this address. Goes with the key, so that it meets on its
   * way (proxies, redirects) what the requests that matter will meet.
   */
  async ping(options?: RequestOptions): Promise<void> {
    parseBody(pingBody, await this.#transport.json('GET', '/api/daemon', undefined, options), 'GET /api/daemon')
  }

  /** `GET /api/daemon/status`: every service and its instances. Fails whole (500) when Consul or the user service is down. */
  async services(options?: RequestOptions): Promise<Service[]> {
    return parseServices(await this.#get('/api/daemon/status', options), 'GET /api/daemon/status')
  }

  /** `GET /api/daemon/whatsup`: the queue in run order and what each message daemon does. */
  async activity(options?: RequestOptions): Promise<Activity> {
    return parseActivity(await this.#get('/api/daemon/whatsup', options), 'GET /api/daemon/whatsup')
  }

  /** `GET /api/daemon/maintenance`. */
  async maintenance(options?: RequestOptions): Promise<boolean> {
    const message = parseMessage(await this.#get('/api/daemon/maintenance', options), 'GET /api/daemon/maintenance')
    return /\bon$/i.test(message)
  }

  /**
   * RPC `maintenance`: while it is on, BioMAJ starts no update and no removal of a release. Done when it resolves.
   *
   * @throws {BiomajError} `key_invalid` also for a good key whose user is no administrator: the daemon says the same of both
   */
  async setMaintenance(on: boolean, options?: RequestOptions): Promise<Accepted> {
    return acceptedOf(await rpcAnswer(this.#transport, {...throughQueue, maintenance: on ? 'on' : 'off'}, options))
  }

  /**
   * The lock files, from the RPC `whatsup` without `proxy`: there the daemon lists its lock directory instead of
   * its queue. A bank that is locked here and at work nowhere in `activity` was left locked by a run that died.
   */
  async locks(options?: RequestOptions): Promise<Locks> {
    return parseLocks(
      await rpc(this.#transport, {whatsup: true, json: true}, {...options, anonymous: true}),
      'POST /api/daemon {whatsup}',
    )
  }

  /** `GET /api/daemon/version`: modules of the server. Slow (it asks PyPI) and fails where Python metadata is incomplete. */
  async versions(options?: RequestOptions): Promise<ModuleVersion[]> {
    return parseVersions(await this.#get('/api/daemon/version', options), 'GET /api/daemon/version')
  }

  async #get(route: string, options: RequestOptions | undefined): Promise<unknown> {
    return this.#transport.json('GET', route, undefined, {...options, anonymous: true})
  }
}
