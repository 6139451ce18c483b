import {Agent as HttpAgent} from 'node:http'
import {Agent as HttpsAgent} from 'node:https'
import * as tls from 'node:tls'
import type {Agents} from 'got'
import {HttpProxyAgent, HttpsProxyAgent} from 'hpagent'
import {getProxyForUrl} from 'proxy-from-env'
import {BiomajError} from '../shared/errors.js'

/** How requests reach the cluster: over connections that are used again, or over one of their own. */
export interface Connections {
  kept: Agents
  fresh: Agents
}

/**
 * Connections to the cluster, through the HTTP proxy that HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY name
 * for its address, if they name one. By design this reads `process.env`, as every HTTP client does; the lower-case
 * names count too. Not to be confused with BioMAJ's own public proxy, which is the target.
 *
 * @param idleMs longest silence of a kept connection that nobody uses, and of an HTTP proxy that was asked to connect
 * @throws {BiomajError} `config_invalid`, without the proxy's address, which may hold a password
 */
export function agentsFor(target: URL, idleMs: number): Connections {
  const proxy = proxyFor(target)
  const agents = (keepAlive: boolean): Agents => {
    const options = {keepAlive, timeout: idleMs}
    // Of the cluster's own protocol only: no redirect leads to another, and a plain request need not load TLS.
    if (target.protocol === 'https:') {
      return {https: proxy === undefined ? new HttpsAgent(options) : new HttpsProxyAgent({proxy, ...options})}
    }
    return {http: proxy === undefined ? new HttpAgent(options) : new HttpProxyAgent({proxy, ...options})}
  }
  return {kept: agents(true), fresh: agents(false)}
}

function proxyFor(target: URL): string | undefined {
  const proxy = getProxyForUrl(target.href)
  if (proxy === '') return undefined
  const protocol = URL.parse(proxy)?.protocol
  if (protocol === 'http:' || protocol === 'https:') return proxy
  throw new BiomajError({
    code: 'config_invalid',
    message: `The environment names a proxy for ${target.origin} that is not an http or https address`,
    hint: 'Correct HTTP_PROXY, HTTPS_PROXY or ALL_PROXY, or exempt the cluster with NO_PROXY.',
  })
}

/** The authorities that Node trusts itself, with those of NODE_EXTRA_CA_CERTS where Node tells them (22.15), and one more. */
export function authoritiesWith(pem: string): string[] {
  const {getCACertificates}: {getCACertificates?: (type: 'default') => string[]} = tls
  return [...(getCACertificates?.('default') ?? tls.rootCertificates), pem]
}
