import type {Agents} from 'got'
import {HttpProxyAgent, HttpsProxyAgent} from 'hpagent'
import {getProxyForUrl} from 'proxy-from-env'
import {BiomajError} from '../shared/errors.js'

/**
 * Agents that go through the HTTP proxy which HTTP_PROXY, HTTPS_PROXY and NO_PROXY name for this address,
 * or undefined for a direct connection. Not to be confused with BioMAJ's own public proxy, which is the target.
 */
export function proxyAgents(target: URL): Agents | undefined {
  const proxy = getProxyForUrl(target.href)
  if (proxy === '') return undefined
  if (!URL.canParse(proxy)) {
    throw new BiomajError({
      code: 'config_invalid',
      message: `The ${target.protocol.slice(0, -1).toUpperCase()}_PROXY environment variable is not an address`,
      hint: 'Correct it, or exempt the cluster with NO_PROXY.',
    })
  }
  return target.protocol === 'https:'
    ? {https: new HttpsProxyAgent({proxy, keepAlive: true})}
    : {http: new HttpProxyAgent({proxy, keepAlive: true})}
}
