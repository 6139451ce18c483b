import type {ServiceInstance} from '../model/records.js'
import type {Store} from '../store/store.js'

/**
 * Whether this instance is the one that acts: of those whose lease has not ended, the one that has been there longest.
 * For a moment after a start two may think so of themselves; what they do is therefore harmless when done twice.
 */
export async function isLeader(store: Pick<Store, 'services'>, id: string, nowMs: number): Promise<boolean> {
  const instances = await store.services.list()
  const [first] = instances
    .filter(({service, leaseUntilMs}) => service === 'scheduler' && leaseUntilMs > nowMs)
    .toSorted(byAge)
  return first?.id === id
}

function byAge(one: ServiceInstance, other: ServiceInstance): number {
  return one.startedAtMs - other.startedAtMs || (one.id < other.id ? -1 : 1)
}
