import type {Environment} from '../environment.js'
import type {Paths} from '../paths.js'
import {CredentialFile} from './credential-file.js'
import type {CredentialStore, StoredKind} from './credential-store.js'
import {Keychain} from './keychain.js'

export interface CredentialsOptions {
  paths: Pick<Paths, 'data'>
  env: Environment
  platform: NodeJS.Platform
  /** Path of the built `keychain-child.js`. */
  keychainChild: string
  /** Allow 60 s to unlock the keychain. Only for `login` on a terminal. */
  interactive?: boolean
}

/** Gives the store of a kind. Opening one starts nothing and touches nothing. */
export type OpenCredentials = (kind: StoredKind) => CredentialStore

export function credentialsOpener({
  paths,
  env,
  platform,
  keychainChild,
  interactive = false,
}: CredentialsOptions): OpenCredentials {
  return kind =>
    kind === 'file'
      ? new CredentialFile(paths.data)
      : new Keychain({kind, childScript: keychainChild, env, platform, interactive})
}
