import {AccountResource} from './resources/account.js'
import {AdditionsResource} from './resources/additions.js'
import {BanksResource} from './resources/banks.js'
import {DaemonResource} from './resources/daemon.js'
import {HistoryResource} from './resources/history.js'
import {LogsResource} from './resources/logs.js'
import {ReleasesResource} from './resources/releases.js'
import {ScheduleResource} from './resources/schedule.js'
import {Transport, type TransportOptions} from './transport.js'

/**
 * A BioMAJ cluster behind its public proxy.
 *
 * ```ts
 * const cluster = new BiomajClient({url: new URL('https://biomaj.example.org'), apiKey: new Secret(key)})
 * await cluster.banks.update('alu', {publish: true}, {signal})
 * for await (const line of cluster.logs.tail('alu', {lines: 100})) …
 * ```
 *
 * Every method takes an `AbortSignal` and throws a `BiomajError` with a stable `code`; an aborted call throws
 * the signal's reason. Only reads are repeated after a transport error, and only while their time-out lasts.
 */
export class BiomajClient {
  readonly url: URL
  readonly hasKey: boolean
  /** Whatever would change something fails with `read_only`. */
  readonly readOnly: boolean
  readonly daemon: DaemonResource
  readonly account: AccountResource
  readonly banks: BanksResource
  readonly releases: ReleasesResource
  readonly history: HistoryResource
  readonly logs: LogsResource
  readonly schedule: ScheduleResource
  readonly additions: AdditionsResource

  constructor(options: TransportOptions) {
    const transport = new Transport(options)
    this.url = options.url
    this.hasKey = transport.hasKey
    this.readOnly = transport.readOnly
    this.daemon = new DaemonResource(transport)
    this.account = new AccountResource(transport)
    this.banks = new BanksResource(transport)
    this.releases = new ReleasesResource(transport)
    this.history = new HistoryResource(transport)
    this.logs = new LogsResource(transport)
    this.schedule = new ScheduleResource(transport)
    this.additions = new AdditionsResource(transport)
  }
}
