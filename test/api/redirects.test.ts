import {afterEach, describe, expect, it} from 'vitest'
import {BiomajClient, Secret} from '../../src/api/index.js'
import {type LocalServer, pong, Servers, startServer} from './server.js'
import {failureOf} from './calls.js'

const servers = new Servers()
afterEach(async () => servers.closeAll())

const apiKey = new Secret('KEY-OF-A-TEST')

/** A cluster that redirects everything but `/there`, and another origin that must hear nothing. */
async function start(
  locationOf: (other: LocalServer, self: URL) => string | undefined,
  status = 302,
): Promise<{cluster: LocalServer; other: LocalServer; client: BiomajClient}> {
  const other = servers.keep(await startServer(pong))
  const cluster: LocalServer = servers.keep(
    await startServer((request, response) => {
      if (request.url === '/there') {
        pong(request, response)
        return
      }
      const location = locationOf(other, cluster.url)
      response.writeHead(status, location === undefined ? {} : {location}).end('moved')
    }),
  )
  return {cluster, other, client: new BiomajClient({url: cluster.url, apiKey})}
}

describe('a redirect to another origin', () => {
  it.for<[string, (other: LocalServer, self: URL) => string]>([
    ['another port', other => new URL('/api/daemon', other.url).href],
    ['a URL without scheme', other => `//127.0.0.1:${other.port}/api/daemon`],
    ['another name of the same host', (_, self) => `http://localhost:${self.port}/api/daemon`],
    ['https on the same host and port', (_, self) => `https://127.0.0.1:${self.port}/api/daemon`],
    ['our own host as user', other => `http://127.0.0.1@127.0.0.1:${other.port}/api/daemon`],
    ['backslashes', other => `\\\\127.0.0.1:${other.port}\\api\\daemon`],
    ['user and password on our own origin', (_, self) => `http://user:password@127.0.0.1:${self.port}/there`],
    ['a user on our own origin', (_, self) => `http://user@127.0.0.1:${self.port}/there`],
    ['no HTTP at all', () => 'file:///etc/passwd'],
    ['a script', () => 'javascript:alert(1)'],
    ['an address that is none', () => 'http://['],
  ])('is refused: %s', async ([, locationOf]) => {
    const {cluster, other, client} = await start(locationOf)
    const error = await failureOf(client.daemon.ping())
    expect(error.code).toBe('redirect_refused')
    expect(error.message).toMatch(/^http:\/\/127\.0\.0\.1:\d+ redirects to \S+; not followed$/)
    expect(error.message).not.toContain('password')
    expect(cluster.requests).toHaveLength(1)
    expect(other.sockets).toHaveLength(0)
  })

  it('names where it leads', async () => {
    const {other, client} = await start(({url}) => url.href)
    const error = await failureOf(client.daemon.ping())
    expect(error.message).toContain(`redirects to ${other.url.origin}; not followed`)
  })

  it('is refused without an address', async () => {
    const {client} = await start(() => undefined)
    expect(await failureOf(client.daemon.ping())).toMatchObject({code: 'redirect_refused'})
  })
})

describe('a redirect inside the origin', () => {
  it.for([301, 302, 303, 307, 308])('is followed by a GET: %d', async status => {
    const {cluster, client} = await start(() => '/there', status)
    await client.daemon.ping()
    expect(cluster.requests.map(({method, path}) => `${method} ${path}`)).toEqual(['GET /api/daemon', 'GET /there'])
    expect(cluster.requests[1]?.headers['x-api-key']).toBe(apiKey.reveal())
  })

  it('is followed five times and no more', async () => {
    let left = 5
    const {cluster, client} = await start(() => (left-- > 1 ? '/again' : '/there'))
    await client.daemon.ping()
    expect(cluster.requests).toHaveLength(6)

    const endless = await start(() => '/again')
    expect(await failureOf(endless.client.daemon.ping())).toMatchObject({code: 'protocol'})
    expect(endless.cluster.requests).toHaveLength(6)
  })

  it.for([301, 302, 303, 307, 308])('is never followed by a POST: %d', async status => {
    const {cluster, client} = await start(() => '/there', status)
    const error = await failureOf(client.banks.update('alu'))
    expect(error).toMatchObject({code: 'redirect_refused'})
    expect(cluster.requests).toHaveLength(1)
  })

  it('closes the connection of a redirect whose body does not end', async () => {
    const server = servers.keep(
      await startServer((request, response) => {
        if (request.url === '/there') pong(request, response)
        else response.writeHead(302, {location: '/there'}).write('and on')
      }),
    )
    await new BiomajClient({url: server.url}).daemon.ping()
    expect(server.requests).toHaveLength(2)
    await expect.poll(() => server.sockets[0]?.closed).toBe(true)
  })
})

it('takes a copy of the address, so that nobody can lead the key elsewhere later', async () => {
  const {cluster, other} = await start(() => '/there')
  const url = new URL(cluster.url)
  const client = new BiomajClient({url, apiKey})
  url.port = String(other.port)
  await client.daemon.ping()
  expect(other.sockets).toHaveLength(0)
})

it.for(['ftp://biomaj.test', 'http://user:password@biomaj.test', 'https://user@biomaj.test'])(
  'refuses %s as the address of a cluster',
  async url => {
    const error = await failureOf((async () => new BiomajClient({url: new URL(url), apiKey}).daemon.ping())())
    expect(error.code).toBe('usage')
    expect(error.message).not.toContain('password@')
  },
)
