import {parseSchedule, type ScheduledCheck} from '../contract/schedule.js'
import type {RequestOptions, Transport} from '../transport.js'

/** The release service, which looks whether banks have new releases. Optional: a cluster without it answers 404. */
export class ScheduleResource {
  readonly #transport: Transport

  constructor(transport: Transport) {
    this.#transport = transport
  }

  /**
   * `GET /api/release/schedule`: when each bank is next looked at. BioMAJ lists private banks too, and lets the answer be
   * kept for an hour.
   *
   * @throws {BiomajError} `protocol` with status 404 in its details where there is no such service
   */
  async list(options?: RequestOptions): Promise<ScheduledCheck[]> {
    const route = '/api/release/schedule'
    return parseSchedule(await this.#transport.json('GET', route, undefined, options), `GET ${route}`)
  }
}
