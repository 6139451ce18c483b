import {parseDurationMs} from '../shared/durations.js'
import {BiomajError} from '../shared/errors.js'
import {chooseCluster, type KnownContexts, type UrlSource} from './choose-cluster.js'
import {requireSafeTransport} from './cluster-url.js'
import type {Context} from './context-file.js'
import type {OpenCredentials} from './credentials/open-credentials.js'
import {booleanVariable, type Environment, variable} from './environment.js'
import {environmentKey, storedKey, type TargetKey} from './target-key.js'
import {resolveTls, type TargetTls} from './target-tls.js'

export type {TargetKey, TargetTls, UrlSource}

const defaultRequestTimeoutMs = 30_000

export interface TargetFlags {
  /** `--proxy URL` */
  proxy?: string | undefined
  /** `--context NAME` */
  context?: string | undefined
  /** `--ca-file FILE` */
  caFile?: string | undefined
  /** `--insecure`: the cluster's certificate is not checked. */
  insecure?: boolean | undefined
  /** `--allow-http`: the key may travel unencrypted. */
  allowHttp?: boolean | undefined
  requestTimeoutMs?: number | undefined
  /** `--read-only` */
  readOnly?: boolean | undefined
}

export interface TargetInput {
  flags: TargetFlags
  env: Environment
  contexts: KnownContexts
  credentials: OpenCredentials
  /** Where a relative `--ca-file` starts. */
  cwd: string
}

/** One cluster, and all that is needed to talk to it. */
export interface Target {
  /** Its path ends in `/`. */
  url: URL
  origin: string
  urlSource: UrlSource
  /** The context whose user, key and settings are used: the chosen one, or the one of the same origin. */
  context?: Context
  contextName?: string
  key: TargetKey
  tls: TargetTls
  requestTimeoutMs: number
  /** Nothing that could change the cluster is sent. */
  readOnly: boolean
  /** One line each, for standard error. */
  warnings: string[]
}

/**
 * Decides which cluster is meant and which key it gets: flag, then environment, then context, then default.
 * A stored key belongs to its context's origin and `BIOMAJ_APIKEY` to one origin too (see `environmentKey`);
 * neither is ever given to another. Asks no credential store: that waits for `key.load()`.
 */
export function resolveTarget({flags, env, contexts, credentials, cwd}: TargetInput): Target {
  const choice = chooseCluster({flags, env, contexts})
  const {url, urlSource, context} = choice
  const warnings = [...choice.warnings]

  const environment = environmentKey({flags, env, contexts}, url.origin)
  if (environment.warning !== undefined) warnings.push(environment.warning)
  const key = environment.key ?? storedKey(url, context, credentials)

  if (key.source !== 'none') {
    const allowHttp = flags.allowHttp === true || context?.allowHttp === true
    const warning = requireSafeTransport(url, {allowHttp})
    if (warning !== undefined) warnings.push(warning)
  }

  const tls = resolveTls({flags, env, context, cwd})
  if (!tls.rejectUnauthorized && url.protocol === 'https:') {
    const reason = flags.insecure === true ? '--insecure' : `context ${context?.name}`
    warnings.push(`The certificate of ${url.origin} is not checked (${reason}): anyone on the way can pose as it`)
  }

  return {
    url,
    origin: url.origin,
    urlSource,
    ...(context && {context, contextName: context.name}),
    key,
    tls,
    requestTimeoutMs: requestTimeout(flags, env),
    // A guard that any of them puts up: a variable that says no does not take down what the context says.
    readOnly: [flags.readOnly, booleanVariable(env, 'BIOMAJ_READ_ONLY'), context?.readOnly].includes(true),
    warnings,
  }
}

function requestTimeout(flags: TargetFlags, env: Environment): number {
  if (flags.requestTimeoutMs !== undefined) return flags.requestTimeoutMs
  const text = variable(env, 'BIOMAJ_REQUEST_TIMEOUT')
  if (text === undefined) return defaultRequestTimeoutMs
  const timeoutMs = parseDurationMs(text)
  if (timeoutMs !== undefined && timeoutMs > 0) return timeoutMs
  throw new BiomajError({
    code: 'config_invalid',
    message: 'BIOMAJ_REQUEST_TIMEOUT is not a duration above zero',
    hint: 'Give one such as 30s, 2m or 500ms.',
  })
}
