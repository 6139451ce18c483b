import path from 'node:path'
import type {Secret} from '../../shared/secret.js'
import type {Runtime} from '../runtime.js'
import {instancesFolder} from './site-flags.js'

/** What start and exec have in common: how to call the lifecycle, of which this folder knows nothing. */
export function startOptions(
  {runtime, root, version}: {runtime: Runtime; root: string; version: string},
  {user, key, seed}: {user: string; key: Secret; seed: string | undefined},
) {
  return {
    env: runtime.env,
    version,
    admin: {id: user, key: key.reveal()},
    seed: seed as 'none' | 'demo' | 'broken' | 'huge' | undefined,
    instancesDirectory: instancesFolder(runtime),
    sampleDirectory: path.join(root, 'assets'),
  }
}
