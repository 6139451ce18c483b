import type {ServiceInstance, ServiceName} from '../model/records.js'
import type {Site} from './site.js'

/** BioMAJ's names for what our services do. */
const names: Readonly<Record<ServiceName, string>> = {
  gateway: 'biomaj-public-proxy',
  daemon: 'biomaj-daemon',
  user: 'biomaj-user',
  scheduler: 'biomaj-cron',
  update: 'biomaj-daemon-message',
  download: 'biomaj-download',
  process: 'biomaj-process',
}

interface Instance {
  id: string
  host: string
  status: boolean
}

export interface ClusterStatus {
  status: Array<{service: string; count: number; status: -1 | 0 | 1}>
  biomaj_services: Instance[]
  general_services: Instance[]
}

/** `GET /api/daemon/status`: every service with its instances. What stands in for Redis and MongoDB is asked, too. */
export async function clusterStatus({store, queue, settings, log, now}: Site): Promise<ClusterStatus> {
  const alive = async (what: string, ask: () => Promise<unknown>) => {
    try {
      await ask()
      return true
    } catch (error) {
      log.error({err: error}, `${what} does not answer`)
      return false
    }
  }
  const [queueUp, storeUp] = await Promise.all([
    alive('the queue', async () => queue.count({states: ['queued']})),
    alive('the store', async () => store.banks.version()),
  ])
  const instances = storeUp ? withoutReplaced(await store.services.list(), settings.leaseMs, now()) : []
  const answer: ClusterStatus = {status: [], biomaj_services: [], general_services: []}
  const add = (service: string, of: readonly Instance[], list: Instance[]) => {
    const up = of.filter(({status}) => status).length
    answer.status.push({service, count: of.length, status: up === 0 ? -1 : up === of.length ? 1 : 0})
    list.push(...of)
  }
  const of = (service: ServiceName): Instance[] =>
    instances
      .filter(each => each.service === service)
      .map(({host, leaseUntilMs}) => ({id: names[service], host, status: leaseUntilMs > now()}))
  add(names.gateway, of('gateway'), answer.general_services)
  for (const [id, up] of [['biomaj-queue', queueUp] as const, ['biomaj-store', storeUp] as const]) {
    add(id, [{id, host: '', status: up}], answer.general_services)
  }
  const others = (Object.keys(names) as ServiceName[]).filter(service => service !== 'gateway')
  for (const service of others) add(names[service], of(service), answer.biomaj_services)
  return answer
}

/** An instance that died and whose successor runs is no news: a cluster that was killed and started again is up. */
function withoutReplaced(instances: readonly ServiceInstance[], leaseMs: number, nowMs: number): ServiceInstance[] {
  return instances.filter(
    one =>
      one.leaseUntilMs > nowMs ||
      !instances.some(
        other =>
          other.service === one.service &&
          other.host === one.host &&
          other.leaseUntilMs > nowMs &&
          other.startedAtMs >= one.leaseUntilMs - leaseMs,
      ),
  )
}
