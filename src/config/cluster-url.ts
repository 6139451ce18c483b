import {BiomajError} from '../shared/errors.js'
import {sanitise} from '../shared/sanitise.js'

/**
 * The address of a cluster's proxy in its one form: http or https, no query, no fragment, and a path
 * that ends in `/`, so `new URL('api/bank', url)` keeps a path prefix.
 * `source` names where the text came from in errors, which never repeat a password: `--proxy`, `URL`
 * (then the code is `usage`), or a variable such as `BIOMAJ_PROXY` (then it is `config_invalid`).
 */
export function parseClusterUrl(text: string, source: string): URL {
  const trimmed = text.trim()
  const shown = sanitise(withoutUserinfo(trimmed), {maxLength: 200})
  const invalid = (why: string, hint: string) =>
    new BiomajError({
      code: source.startsWith('BIOMAJ_') ? 'config_invalid' : 'usage',
      message: `${source}: ${why}`,
      hint,
    })

  if (!/^https?:\/\//i.test(trimmed)) {
    const bare = trimmed.includes('://') || trimmed.includes('@') || trimmed === '' ? 'biomaj.example.org' : shown
    throw invalid(
      `"${shown}" does not start with https:// or http://`,
      `Give the whole address, such as https://${bare}.`,
    )
  }
  const url = URL.parse(trimmed)
  if (!url) throw invalid(`"${shown}" is not a URL`, 'Give an address such as https://biomaj.example.org.')
  if (url.username !== '' || url.password !== '') {
    throw invalid(
      `"${shown}" holds a user name or password, which would show in process lists, logs and history`,
      `Leave it out, and run \`biomaj login ${formatClusterUrl(withoutExtras(url))}\`.`,
    )
  }
  return withoutExtras(url)
}

/** A cluster's address for people and files: no trailing slash. `parseClusterUrl` reads it back. */
export function formatClusterUrl(url: URL): string {
  return url.href.replace(/\/$/, '')
}

/**
 * Whether a URL names this machine: exactly `localhost`, 127.0.0.0/8 or `[::1]`.
 * Rests on URL's own parser, which has already made `http://0x7f.1` and `http://2130706433` into `127.0.0.1`.
 */
export function isLoopback(url: URL): boolean {
  return url.hostname === 'localhost' || url.hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(url.hostname)
}

/**
 * Refuses to send a key or password over plain http to another machine, unless the user consented.
 * Gives the warning that a consented one deserves, or nothing when the transport is safe.
 */
export function requireSafeTransport(url: URL, {allowHttp}: {allowHttp: boolean}): string | undefined {
  if (url.protocol === 'https:' || isLoopback(url)) return undefined
  if (allowHttp) return `Credentials travel unencrypted to ${url.origin}: anyone on the way can read and reuse them`
  throw new BiomajError({
    code: 'insecure_http',
    message: `Refused to send credentials unencrypted to ${url.origin}`,
    hint: 'Use an https:// address, or pass --allow-http if you trust every network on the way.',
    details: {origin: url.origin},
  })
}

function withoutExtras(url: URL): URL {
  const path = url.pathname.replace(/\/+$/, '')
  return new URL(`${url.origin}${path}/`)
}

function withoutUserinfo(text: string): string {
  return text.replace(/^([a-z][a-z0-9+.-]*:\/\/)?.*@/is, '$1')
}
