import {ContextStore} from '../../config/contexts.js'
import {credentialsOpener, type OpenCredentials} from '../../config/credentials/open-credentials.js'
import {resolvePaths} from '../../config/paths.js'
import type {Runtime} from '../runtime.js'

export interface AccountStores {
  contexts: ContextStore
  credentials: OpenCredentials
}

/** Where contexts and keys are kept. Reads and starts nothing. `interactive`: somebody is there to unlock a keychain. */
export function accountStores(
  {env, platform, home, keychainChild}: Runtime,
  {interactive = false}: {interactive?: boolean} = {},
): AccountStores {
  const paths = resolvePaths({env, platform, home})
  return {
    contexts: new ContextStore(paths.config),
    credentials: credentialsOpener({paths, env, platform, keychainChild, interactive}),
  }
}
