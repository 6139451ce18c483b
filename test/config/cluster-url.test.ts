import {assert, property, webUrl} from 'fast-check'
import {describe, expect, it} from 'vitest'
import {formatClusterUrl, isLoopback, parseClusterUrl, requireSafeTransport} from '../../src/config/cluster-url.js'
import {sanitise} from '../../src/shared/sanitise.js'
import {failure, failureCode} from './support.js'

describe('a cluster URL', () => {
  it.each([
    ['https://biomaj.example.org', 'https://biomaj.example.org/'],
    ['  HTTPS://BioMAJ.Example.org:443/ ', 'https://biomaj.example.org/'],
    ['http://biomaj:80', 'http://biomaj/'],
    ['http://biomaj:5000', 'http://biomaj:5000/'],
    ['https://example.org/biomaj', 'https://example.org/biomaj/'],
    ['https://example.org/biomaj//', 'https://example.org/biomaj/'],
    ['https://example.org/a/../b', 'https://example.org/b/'],
    ['https://example.org/biomaj?token=1#part', 'https://example.org/biomaj/'],
    ['https://bücher.example', 'https://xn--bcher-kva.example/'],
    ['http://[0:0::1]:5000', 'http://[::1]:5000/'],
  ])('%s is %s', (text, href) => {
    expect(parseClusterUrl(text, '--proxy').href).toBe(href)
  })

  it.each([
    ['', 'does not start with https:// or http://'],
    ['biomaj.example.org', 'does not start with'],
    ['localhost:5000', 'does not start with'],
    ['ftp://example.org', 'does not start with'],
    ['file:///etc/passwd', 'does not start with'],
    ['javascript:alert(1)', 'does not start with'],
    ['https://', 'is not a URL'],
    ['https://example.org:99999', 'is not a URL'],
    ['https://exa mple.org', 'is not a URL'],
    ['https://user@example.org', 'holds a user name or password'],
  ])('refuses %j: %s', async (text, why) => {
    const error = await failure(() => parseClusterUrl(text, '--proxy'))
    expect(error.code).toBe('usage')
    expect(error.message).toContain(why)
  })

  it('offers the address that was probably meant', async () => {
    const {hint} = await failure(() => parseClusterUrl('localhost:5000', '--proxy'))
    expect(hint).toBe('Give the whole address, such as https://localhost:5000.')
  })

  it('is a fault of the configuration when it is not a flag', async () => {
    expect(await failureCode(() => parseClusterUrl('nonsense', 'BIOMAJ_PROXY'))).toBe('config_invalid')
  })

  it.each([
    'https://ada:hunter2@example.org',
    'https://ada:hunter2@example.org:99999',
    'https://ada:hun/ter2@x@example.org:99999/a',
    'ada:hunter2@example.org',
    'ftp://ada:hunter2@example.org',
    'https://ada:hunter2%40@exa mple.org',
  ])('never repeats a password: %s', async text => {
    const {message, hint} = await failure(() => parseClusterUrl(text, '--proxy'))
    expect(`${message} ${hint}`).not.toMatch(/hun|ter2|ada/)
  })

  it('never passes an escape sequence on to the terminal', async () => {
    const {message} = await failure(() => parseClusterUrl('https://\u001B]0;owned\u0007:99999', '--proxy'))
    expect(message).toBe(sanitise(message))
  })

  it('survives being written and read again', () => {
    assert(
      property(webUrl({validSchemes: ['http', 'https'], withQueryParameters: true}), text => {
        const url = parseClusterUrl(text, '--proxy')
        expect(parseClusterUrl(formatClusterUrl(url), '--proxy').href).toBe(url.href)
      }),
    )
  })
})

const loopback = [
  'http://localhost',
  'http://LOCALHOST:5000',
  'http://127.0.0.1:5000',
  'http://127.255.0.7',
  'http://[::1]:5000',
  'http://[0:0:0:0:0:0:0:1]',
  // URL reads these as 127.0.0.1, and so does whoever connects.
  'http://2130706433',
  'http://0x7f.1',
  'http://0177.0.0.1',
]

const elsewhere = [
  'http://localhost.evil.org',
  'http://127.0.0.1.nip.io',
  'http://evil.org/localhost',
  'http://evil.org/?localhost#127.0.0.1',
  'http://notlocalhost',
  'http://localhost.',
  'http://128.0.0.1',
  'http://0.0.0.0',
  'http://0',
  'http://10.0.0.1',
  'http://3232235777',
  'http://[::]',
  'http://[::2]',
  'http://[fe80::1]',
  'http://[::ffff:127.0.0.1]',
  'http://127.example.org',
]

describe('plain http', () => {
  it.each(loopback)('is safe to this machine: %s', text => {
    const url = parseClusterUrl(text, '--proxy')
    expect(isLoopback(url)).toBe(true)
    expect(requireSafeTransport(url, {allowHttp: false})).toBeUndefined()
  })

  it.each(elsewhere)('is refused to another machine: %s', async text => {
    const url = parseClusterUrl(text, '--proxy')
    expect(isLoopback(url)).toBe(false)
    const error = await failure(() => requireSafeTransport(url, {allowHttp: false}))
    expect(error.code).toBe('insecure_http')
    expect(error.message).toContain(url.origin)
    expect(error.hint).toContain('--allow-http')
  })

  it.each(elsewhere)('is warned of where the user consented: %s', text => {
    const url = parseClusterUrl(text, '--proxy')
    expect(requireSafeTransport(url, {allowHttp: true})).toContain('unencrypted')
  })

  it('is of no concern where https is used', () => {
    const url = parseClusterUrl('https://example.org', '--proxy')
    expect(requireSafeTransport(url, {allowHttp: false})).toBeUndefined()
  })
})
