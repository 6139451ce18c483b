import type {Caller} from '../../api/contract/job.js'
import type {ClusterChoice} from '../host.js'

/** As whom a cluster is looked at: as it says itself, else as the context says, else where the key is from. */
export function whoText(
  {user, keyVariable}: Pick<ClusterChoice, 'user' | 'keyVariable'>,
  caller: Caller['user'] | undefined,
): string {
  return caller?.id ?? user ?? (keyVariable === undefined ? 'no user' : `key from ${keyVariable}`)
}
