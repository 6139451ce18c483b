import {chooseCluster, originOf} from '../../config/choose-cluster.js'
import {formatClusterUrl, isLoopback, parseClusterUrl} from '../../config/cluster-url.js'
import {type ContextFile, isContextName, requireContextName} from '../../config/context-file.js'
import {type Context, suggestContextName} from '../../config/contexts.js'
import {resolveTarget, type Target} from '../../config/target.js'
import {BiomajError} from '../../shared/errors.js'
import type {Runtime} from '../runtime.js'
import type {AccountStores} from './stores.js'

export interface LoginFlags {
  context?: string | undefined
  'ca-file'?: string | undefined
  insecure?: boolean | undefined
  'request-timeout'?: number | undefined
}

/** Where to log in, and how its certificate is checked. */
export interface Destination {
  target: Target
  /** The context of this address whose user and settings are the defaults. */
  known: Context | undefined
}

/**
 * The cluster to log in to: the URL that was given, else that of --context, else what every other command would use.
 * The settings of a context at that address are taken over.
 *
 * @throws {BiomajError} `context_exists` when --context names a context of another cluster
 */
export function loginDestination(
  {address, flags}: {address: string | undefined; flags: LoginFlags},
  {contexts, credentials}: AccountStores,
  {env, cwd}: Runtime,
): Destination {
  const named = flags.context === undefined ? undefined : namedContext(flags.context, contexts.read())
  const url = address === undefined ? givenUrl(named, {contexts, env}) : parseClusterUrl(address, 'URL')
  if (named && originOf(named) !== url.origin) {
    throw new BiomajError({
      code: 'context_exists',
      message: `There is a context "${named.name}" already, of ${originOf(named)}`,
      hint: `Give another name with --context, or forget that one: \`biomaj context remove ${named.name}\`.`,
      details: {context: named.name},
    })
  }
  const target = resolveTarget({
    flags: {
      proxy: url.href,
      context: named?.name,
      caFile: flags['ca-file'],
      insecure: flags.insecure,
      // Consent is asked for later, with a better question than a refusal.
      allowHttp: true,
      requestTimeoutMs: flags['request-timeout'],
    },
    env: {...env, BIOMAJ_APIKEY: undefined},
    contexts,
    credentials,
    cwd,
  })
  return {target, known: target.context}
}

function namedContext(name: string, file: ContextFile): Context | undefined {
  requireContextName(name)
  return file.contexts.get(name)
}

function givenUrl(
  named: Context | undefined,
  {contexts, env}: Pick<AccountStores, 'contexts'> & Pick<Runtime, 'env'>,
): URL {
  if (named) return parseClusterUrl(named.url, `URL of context ${named.name}`)
  try {
    return chooseCluster({flags: {}, env, contexts}).url
  } catch (error) {
    if (!(error instanceof BiomajError) || error.code !== 'no_cluster') throw error
    throw new BiomajError({
      code: 'no_cluster',
      message: 'Log in to which cluster?',
      hint: 'Give the address of its public proxy, `biomaj login https://biomaj.example.org`, or set BIOMAJ_PROXY.',
      cause: error,
    })
  }
}

/** Credentials would travel readable: not https, and not this machine. */
export function needsHttpConsent({url}: Target): boolean {
  return url.protocol === 'http:' && !isLoopback(url)
}

/**
 * The name under which a login is stored: that of --context; else of the context of the same address and user, which
 * is renewed in place; else a new one made of the host, and of the user where that is taken.
 */
export function contextNameFor(
  {url, user, wanted}: {url: URL; user: string; wanted: string | undefined},
  {current, contexts}: ContextFile,
): string {
  if (wanted !== undefined) return wanted
  const here = [...contexts.values()].filter(context => context.url === formatClusterUrl(url))
  const same = here.filter(context => context.user === user)
  const renewed = same.find(({name}) => name === current) ?? same[0] ?? here.find(context => context.user === undefined)
  if (renewed) return renewed.name
  const host = suggestContextName(url)
  const suffix = user.replaceAll(/[^A-Za-z0-9_-]+/g, '-').replaceAll(/^-+|-+$/g, '')
  const names = [host, ...(suffix === '' ? [] : [`${host.slice(0, 62 - suffix.length)}-${suffix}`])]
  const free = names.find(name => isContextName(name) && !contexts.has(name))
  if (free !== undefined) return free
  for (let number = 2; ; number++) {
    const name = `${host.slice(0, 58)}-${number}`
    if (!contexts.has(name)) return name
  }
}
