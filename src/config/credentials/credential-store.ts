import type {Secret} from '../../shared/secret.js'
import type {CredentialStoreKind} from '../context-file.js'

/** The stores that can hold a key. */
export type StoredKind = Exclude<CredentialStoreKind, 'none'>

/** Keeps API keys, one for each user of each cluster. Nothing falls back from one store to another. */
export interface CredentialStore {
  readonly kind: StoredKind
  /** The real backend in words, for `about-me` and `login`: "Secret Service", "file /home/… (not encrypted)". */
  readonly backend: string
  get(account: string): Promise<Secret | undefined>
  /** Reads back what it wrote before it reports success. */
  set(account: string, secret: Secret): Promise<void>
  /** Whether there was one. */
  delete(account: string): Promise<boolean>
  /** Proves that a key can be kept here (writes, reads and deletes a random one), or fails with the reason. */
  probe(): Promise<void>
}

/** The name a key is stored under: a user at an origin, so it cannot be found for another cluster. */
export function accountOf(user: string, url: URL): string {
  return `${user}@${url.origin}`
}
