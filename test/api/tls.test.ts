import {createServer} from 'node:https'
import {afterAll, afterEach, beforeAll, describe, expect, it} from 'vitest'
import {BiomajClient, Secret} from '../../src/api/index.js'
import type {TransportOptions} from '../../src/api/index.js'
import {failureOf} from './calls.js'
import {Authority, type Identity} from './certificates.js'
import {json, type LocalServer, pong, Servers, startServer} from './server.js'

let authority: Authority
let good: Identity
let otherHost: Identity
let expired: Identity
let selfSigned: Identity

beforeAll(() => {
  authority = new Authority()
  good = authority.issue('good', {san: 'IP:127.0.0.1', days: 2})
  otherHost = authority.issue('other', {san: 'DNS:biomaj.test', days: 2})
  expired = authority.issue('expired', {san: 'IP:127.0.0.1', days: -1})
  selfSigned = authority.selfSigned()
})
afterAll(() => authority.remove())

const servers = new Servers()
afterEach(async () => servers.closeAll())

async function startTls(identity: Identity, answer: Parameters<typeof startServer>[0] = pong): Promise<LocalServer> {
  const server = await startServer(answer, listener => createServer({...identity}, listener))
  return servers.keep(server)
}

function clientOf({port}: LocalServer, options: Partial<TransportOptions> = {}): BiomajClient {
  return new BiomajClient({url: new URL(`https://127.0.0.1:${port}`), apiKey: new Secret('KEY-OF-A-TEST'), ...options})
}

describe('a certificate', () => {
  it.for<[string, () => Identity, boolean, RegExp]>([
    ['signed by itself', () => selfSigned, false, /self-signed certificate \(DEPTH_ZERO_SELF_SIGNED_CERT\)$/],
    ['of an unknown authority', () => good, false, /\(UNABLE_TO_VERIFY_LEAF_SIGNATURE\)$/],
    ['of another host', () => otherHost, true, /\(ERR_TLS_CERT_ALTNAME_INVALID\)$/],
    ['that has expired', () => expired, true, /certificate has expired \(CERT_HAS_EXPIRED\)$/],
    ['signed by itself, with another authority trusted', () => selfSigned, true, /\(DEPTH_ZERO_SELF_SIGNED_CERT\)$/],
  ])('%s is refused before anything is sent', async ([, identity, trusted, words]) => {
    const server = await startTls(identity())
    const client = clientOf(server, trusted ? {certificateAuthority: authority.pem} : {})
    const error = await failureOf(client.daemon.ping())
    expect(error.code).toBe('tls')
    expect(error.message).toMatch(/^No trusted connection to https:\/\/127\.0\.0\.1:\d+: [^\n]+$/)
    expect(error.message).toMatch(words)
    expect(server.requests).toEqual([])
    // A certificate does not get better by asking again.
    expect(server.sockets).toHaveLength(1)
  })

  it('of an authority that is given is taken', async () => {
    const server = await startTls(good)
    const client = clientOf(server, {certificateAuthority: authority.pem})
    await client.daemon.ping()
    await client.daemon.ping()
    expect(server.requests.map(({headers}) => headers['x-api-key'])).toEqual(['KEY-OF-A-TEST', 'KEY-OF-A-TEST'])
    expect(server.sockets).toHaveLength(1)
  })

  it('of several authorities in one text is taken', async () => {
    const server = await startTls(good)
    await clientOf(server, {certificateAuthority: `${selfSigned.cert}\n${authority.pem}`}).daemon.ping()
    expect(server.requests).toHaveLength(1)
  })

  it.for<[string, () => Identity]>([
    ['signed by itself', () => selfSigned],
    ['of another host', () => otherHost],
    ['that has expired', () => expired],
  ])('%s is taken when the user accepts any', async ([, identity]) => {
    const server = await startTls(identity())
    await clientOf(server, {insecureTls: true}).daemon.ping()
    expect(server.requests).toHaveLength(1)
  })

  it('is not excused for other clients by one that accepts any', async () => {
    const server = await startTls(selfSigned)
    await clientOf(server, {insecureTls: true}).daemon.ping()
    expect(await failureOf(clientOf(server).daemon.ping())).toMatchObject({code: 'tls'})
  })

  it('of an authority that is no certificate ends as a TLS error', async () => {
    const server = await startTls(good)
    const certificateAuthority = '-----BEGIN CERTIFICATE-----\nbm9uZQ==\n-----END CERTIFICATE-----\n'
    expect(await failureOf(clientOf(server, {certificateAuthority}).daemon.ping())).toMatchObject({code: 'tls'})
  })
})

it('does not speak TLS to a server without it', async () => {
  const server = servers.keep(await startServer(pong))
  expect(await failureOf(clientOf(server).daemon.ping())).toMatchObject({code: 'tls'})
})

it('sends no key to the same host without TLS', async () => {
  const plain = servers.keep(await startServer((_, response) => json(response, {msg: 'pong'})))
  const server = await startTls(good, (_, response) => {
    response.writeHead(302, {location: `http://127.0.0.1:${plain.port}/api/daemon`}).end()
  })
  const client = clientOf(server, {certificateAuthority: authority.pem})
  expect(await failureOf(client.daemon.ping())).toMatchObject({
    code: 'redirect_refused',
    message: `https://127.0.0.1:${server.port} redirects to http://127.0.0.1:${plain.port}; not followed`,
  })
  expect(plain.sockets).toEqual([])
})

it('is not asked of a port that speaks plain http, which is said in words', async () => {
  const plain = servers.keep(await startServer((_, response) => json(response, {msg: 'pong'})))
  expect(await failureOf(clientOf(plain).daemon.ping())).toMatchObject({
    code: 'tls',
    message: `https://127.0.0.1:${plain.port} answers without TLS: that port speaks plain http`,
    hint: `Try http://127.0.0.1:${plain.port}.`,
  })
})
