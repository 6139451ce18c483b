import type {BiomajClient} from '../../api/client.js'
import type {Service} from '../../api/contract/daemon.js'
import {type BankBoard, type MissingBank, readBanks} from '../../operations/board/bank-board.js'
import {withoutCredentials} from '../../operations/board/services.js'
import {type ClusterBoard, readBoard} from '../../operations/board/cluster-board.js'
import {type FailedBank, readFailedBanks} from '../../operations/board/failed-banks.js'
import {bankScreen} from '../../presentation/bank-status.js'
import {failedBankColumns} from '../../presentation/banks.js'
import type {Block} from '../../presentation/blocks.js'
import {tableOf} from '../../presentation/columns.js'
import {instanceColumns, instanceRows} from '../../presentation/services.js'
import {clusterScreen} from '../../presentation/status.js'
import {line} from '../../presentation/text.js'
import type {TimeStyle} from '../../presentation/times.js'
import type {Runtime} from '../runtime.js'

/** What `biomaj status` is asked for. */
export interface StatusRequest {
  cluster: BiomajClient
  runtime: Runtime
  /** These banks only, unless empty. */
  banks: readonly string[]
  services: boolean
  failed: boolean
  /** Attempts of each read; 1 when looking again soon. */
  attempts?: number
}

/** The JSON document: of the cluster; with --services, --failed or --bank of that part. */
export type StatusDocument =
  | ({cluster: string} & ClusterBoard)
  | {services: Service[]}
  | {failed: FailedBank[]}
  | {banks: Array<BankBoard | MissingBank>}

/** One look at a cluster, with all that is needed to show it. */
export interface ShownStatus {
  document: StatusDocument
  blocks: (times: TimeStyle, options: {attentionFirst: boolean}) => Block[]
  ids: readonly string[]
  /** Named banks that could not be read. */
  missing: readonly MissingBank[]
}

export async function readStatus(request: StatusRequest): Promise<ShownStatus> {
  if (request.services) return showServices(request)
  if (request.failed) return showFailed(request)
  if (request.banks.length > 0) return showBanks(request)
  return showCluster(request)
}

async function showCluster({cluster, runtime, attempts}: StatusRequest): Promise<ShownStatus> {
  const board = await readBoard(cluster, {signal: runtime.signal, clock: runtime.clock, attempts})
  const names = board.banks.available ? board.banks.value.map(({name}) => name) : []
  const document = {cluster: cluster.url.href, ...board}
  return {document, blocks: (_times, options) => clusterScreen(document, options), ids: names, missing: []}
}

async function showServices({cluster, runtime, attempts}: StatusRequest): Promise<ShownStatus> {
  const services = withoutCredentials(await cluster.daemon.services({signal: runtime.signal, attempts}))
  return {
    document: {services},
    blocks: () => [{kind: 'table', table: tableOf(instanceColumns, instanceRows(services))}],
    ids: services.map(({name}) => name),
    missing: [],
  }
}

async function showFailed({cluster, runtime, attempts}: StatusRequest): Promise<ShownStatus> {
  const failed = await readFailedBanks(cluster, {signal: runtime.signal, attempts})
  return {
    document: {failed},
    blocks: () =>
      failed.length === 0
        ? [{kind: 'lines', lines: [line('No bank failed.')]}]
        : [{kind: 'table', table: tableOf(failedBankColumns, failed)}],
    ids: failed.map(({name}) => name),
    missing: [],
  }
}

async function showBanks({cluster, runtime, banks, attempts}: StatusRequest): Promise<ShownStatus> {
  const boards = await readBanks(cluster, banks, {signal: runtime.signal, attempts})
  const found = boards.filter(bank => bank.available)
  return {
    document: {banks: boards},
    blocks: times => found.flatMap(bank => bankScreen(bank, times)),
    ids: found.map(({name}) => name),
    missing: boards.filter(bank => !bank.available),
  }
}
