import {isLoopback} from './hosts.js'

const harmless = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Whether a `Host` header names this cluster. A page of any site can have its own name resolve to 127.0.0.1 and then
 * read a cluster on the visitor's machine as if it were its own (DNS rebinding); the name that it came by gives it away.
 *
 * @param allowed names beside those of the loopback interface; null when any name will do
 */
export function isHostAllowed(host: string | null, allowed: readonly string[] | null): boolean {
  const name = hostName(host)
  if (name === null) return false
  return allowed === null || isLoopback(name) || allowed.some(other => hostName(other) === name)
}

/**
 * Why a request is refused that would change something and that a page of another site had a browser send; null when
 * there is no such page. Programs that are not browsers send neither header.
 */
export function crossSiteProblem(method: string, headers: Headers): string | null {
  if (harmless.has(method)) return null
  const site = headers.get('sec-fetch-site')
  if (site !== null && site !== 'same-origin' && site !== 'none') return 'a page of another site asked for it'
  const origin = headers.get('origin')
  if (origin === null) return null
  const asked = headers.get('host')?.toLowerCase()
  return asked !== undefined && URL.canParse(origin) && new URL(origin).host === withoutDefaultPort(asked)
    ? null
    : 'it comes from a page of another origin'
}

function withoutDefaultPort(host: string): string {
  return host.replace(/:80$/, '')
}

function hostName(host: string | null): string | null {
  const parts = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d{1,5})?$/i.exec(host ?? '')
  return parts?.[1]?.toLowerCase().replace(/\.$/, '') ?? null
}
