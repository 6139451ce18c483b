import {BiomajError} from '../shared/errors.js'
import {parseClusterUrl} from './cluster-url.js'
import type {Context, ContextFile} from './context-file.js'
import type {ContextStore} from './contexts.js'
import {type Environment, variable} from './environment.js'

export type KnownContexts = Pick<ContextStore, 'read' | 'get'>

/** What chose the cluster, in the words that help and messages use. */
export type UrlSource = '--proxy' | '--context' | 'BIOMAJ_PROXY' | 'BIOMAJ_CONTEXT' | 'current context'

export interface ChooseInput {
  flags: {proxy?: string | undefined; context?: string | undefined}
  env: Environment
  contexts: KnownContexts
}

export interface Choice {
  url: URL
  urlSource: UrlSource
  context: Context | undefined
  warnings: string[]
}

/** Which cluster is meant, and which context's user, key and settings go with it. */
export function chooseCluster({flags, env, contexts}: ChooseInput): Choice {
  const environmentUrl = variable(env, 'BIOMAJ_PROXY')
  const environmentContext = variable(env, 'BIOMAJ_CONTEXT')
  const file = contexts.read()

  if (flags.proxy !== undefined) {
    return byUrl({
      text: flags.proxy,
      urlSource: '--proxy',
      named: flags.context,
      nameSource: '--context',
      file,
      contexts,
    })
  }
  if (flags.context !== undefined) return byContext(contexts.get(flags.context), '--context')
  if (environmentUrl !== undefined) {
    return byUrl({
      text: environmentUrl,
      urlSource: 'BIOMAJ_PROXY',
      named: environmentContext,
      nameSource: 'BIOMAJ_CONTEXT',
      file,
      contexts,
    })
  }
  if (environmentContext !== undefined) return byContext(contexts.get(environmentContext), 'BIOMAJ_CONTEXT')
  const current = currentOf(file)
  if (current) return byContext(current, 'current context')
  throw new BiomajError({
    code: 'no_cluster',
    message: 'No cluster is chosen',
    hint:
      file.contexts.size === 0
        ? 'Log in to one with `biomaj login URL`, or start your own with `biomaj cluster start`.'
        : 'Choose one with `biomaj context use NAME`, log in with `biomaj login URL`, or start your own with `biomaj cluster start`.',
  })
}

function byContext(context: Context, urlSource: UrlSource): Choice {
  return {url: parseClusterUrl(context.url, `URL of context ${context.name}`), urlSource, context, warnings: []}
}

interface ByUrl {
  text: string
  urlSource: '--proxy' | 'BIOMAJ_PROXY'
  named: string | undefined
  nameSource: '--context' | 'BIOMAJ_CONTEXT'
  file: ContextFile
  contexts: KnownContexts
}

function byUrl({text, urlSource, named, nameSource, file, contexts}: ByUrl): Choice {
  const url = parseClusterUrl(text, urlSource)
  if (named === undefined) return {url, urlSource, ...contextOf(url, file)}
  const context = contexts.get(named)
  if (originOf(context) === url.origin) return {url, urlSource, context, warnings: []}
  throw new BiomajError({
    code: 'usage',
    message: `${urlSource} is ${url.origin}, but the context "${named}" of ${nameSource} is ${originOf(context)}`,
    hint: 'Give only one of the two.',
  })
}

/** The context of a URL's origin. Of several: the one of exactly this URL, then the current one; else none, and a warning. */
function contextOf(url: URL, file: ContextFile): Pick<Choice, 'context' | 'warnings'> {
  const sameOrigin = [...file.contexts.values()].filter(context => originOf(context) === url.origin)
  if (sameOrigin.length <= 1) return {context: sameOrigin[0], warnings: []}
  const sameUrl = sameOrigin.filter(context => parseClusterUrl(context.url, context.name).href === url.href)
  const candidates = sameUrl.length > 0 ? sameUrl : sameOrigin
  const context = candidates.length === 1 ? candidates[0] : candidates.find(({name}) => name === file.current)
  if (context) return {context, warnings: []}
  const names = candidates.map(({name}) => name).join(', ')
  return {
    context: undefined,
    warnings: [`Several contexts are at ${url.origin} (${names}): none is used; choose one with --context`],
  }
}

export function currentOf({current, contexts}: ContextFile): Context | undefined {
  return current === undefined ? undefined : contexts.get(current)
}

export function originOf(context: Context): string {
  return parseClusterUrl(context.url, `URL of context ${context.name}`).origin
}
