import {resolveTarget, type Target} from '../../config/target.js'
import {accountStores} from '../account/stores.js'
import type {Io} from '../io.js'
import type {Runtime} from '../runtime.js'
import type {ScreenOutput} from './run-dashboard.js'

export interface HostOptions {
  runtime: Runtime
  output: ScreenOutput
  io: Io
  target: Target
  /** The target as it would be chosen now. */
  findTarget: () => Target
  version: string
  intervalMs: number
  readOnly: boolean
}

/** What the dashboard gets of this process: a `DashboardHost`, which this folder cannot name. */
export function dashboardHost({runtime, output, io, target, findTarget, version, intervalMs, readOnly}: HostOptions) {
  const {contexts, credentials} = accountStores(runtime)
  const choice = (found: Target, find: () => Target) => {
    const chosen = {...found, readOnly: readOnly || found.readOnly}
    let isFirst = true
    return {
      name: chosen.contextName ?? chosen.url.href,
      url: chosen.url.href,
      // A key of the environment may be somebody else's than the context's.
      ...(chosen.key.source === 'environment'
        ? {user: undefined, keyVariable: 'BIOMAJ_APIKEY'}
        : {user: chosen.context?.user}),
      readOnly: chosen.readOnly,
      // The first frame waits neither for the keychain nor for the HTTP client to be loaded. Whoever connects again does so
      // because of the key: there may be another one by now, but not for another cluster.
      connect: async () => {
        const current = isFirst ? found : find()
        isFirst = false
        const {key} = current.url.href === found.url.href ? current : found
        const [{connect}, apiKey] = await Promise.all([import('../connect.js'), key.load()])
        return connect(chosen, {apiKey, version, io})
      },
    }
  }
  const {env, cwd, stdin, foreground, clock, signal} = runtime
  return {
    stdin: stdin as NodeJS.ReadStream,
    stdout: output,
    foreground,
    clock,
    date: () => runtime.date(),
    signal,
    color: io.color,
    inTmux: (env['TMUX'] ?? '') !== '',
    cluster: choice(target, findTarget),
    contexts: {
      names: () => [...contexts.read().contexts.keys()],
      open: (name: string) => {
        const find = () => resolveTarget({flags: {context: name}, env, cwd, contexts, credentials})
        return choice(find(), find)
      },
    },
    intervalMs,
  }
}
