import {once} from 'node:events'
import {createServer, type IncomingMessage} from 'node:http'
import {createServer as createTlsServer} from 'node:https'
import {type AddressInfo, connect, type Socket} from 'node:net'
import {inspect} from 'node:util'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {BiomajClient, Secret} from '../../src/api/index.js'
import {failureOf} from './calls.js'
import {Authority} from './certificates.js'
import {type LocalServer, pong, Servers, startServer} from './server.js'

const servers = new Servers()
const names = [
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'ALL_PROXY',
  'NO_PROXY',
  'http_proxy',
  'https_proxy',
  'all_proxy',
  'no_proxy',
]

beforeEach(() => {
  for (const name of names) delete process.env[name]
})

afterEach(async () => {
  for (const name of names) delete process.env[name]
  await servers.closeAll()
})

interface HttpProxy {
  url: string
  port: number
  asked: Array<{to: string; headers: IncomingMessage['headers']}>
  sockets: Socket[]
}

/** A proxy as sites have them at their border; `refuse` is its answer to whoever wants to go out. */
async function startHttpProxy(refuse?: 407 | 'silence'): Promise<HttpProxy> {
  const asked: HttpProxy['asked'] = []
  const sockets: Socket[] = []
  const server = createServer((_, response) => response.writeHead(405).end())
  server.on('connection', socket => {
    sockets.push(socket)
    socket.on('error', () => socket.destroy())
  })
  server.on('connect', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    asked.push({to: request.url ?? '', headers: request.headers})
    if (refuse === 'silence') return
    if (refuse !== undefined) {
      socket.end(`HTTP/1.1 ${refuse} Refused\r\n\r\n`)
      return
    }
    const {hostname, port} = new URL(`http://${request.url}`)
    const onward = connect(Number(port), hostname, () => {
      socket.write('HTTP/1.1 200 Connected\r\n\r\n')
      onward.write(head)
      onward.pipe(socket).pipe(onward)
    })
    onward.on('error', () => socket.destroy())
    socket.on('close', () => onward.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const {port} = server.address() as AddressInfo
  servers.keep({
    close: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  })
  return {url: `http://127.0.0.1:${port}`, port, asked, sockets}
}

function clientOf({url}: Pick<LocalServer, 'url'>): BiomajClient {
  return new BiomajClient({url, apiKey: new Secret('KEY-OF-A-TEST')})
}

describe('the HTTP proxy of the environment', () => {
  it.for(['HTTP_PROXY', 'http_proxy', 'ALL_PROXY'])('is used: %s', async name => {
    const proxy = await startHttpProxy()
    const cluster = servers.keep(await startServer(pong))
    process.env[name] = proxy.url
    await clientOf(cluster).daemon.ping()
    expect(proxy.asked.map(({to}) => to)).toEqual([cluster.url.host])
    expect(cluster.requests).toHaveLength(1)
  })

  it('is used for the kind of address that it is named for', async () => {
    const proxy = await startHttpProxy()
    const cluster = servers.keep(await startServer(pong))
    process.env['HTTPS_PROXY'] = proxy.url
    await clientOf(cluster).daemon.ping()
    expect(proxy.asked).toEqual([])
  })

  it.for(['127.0.0.1', '*', '127.0.0.1:{port}'])('is not used when NO_PROXY is %s', async exempt => {
    const proxy = await startHttpProxy()
    const cluster = servers.keep(await startServer(pong))
    process.env['HTTP_PROXY'] = proxy.url
    process.env['NO_PROXY'] = exempt.replace('{port}', String(cluster.port))
    await clientOf(cluster).daemon.ping()
    expect(proxy.asked).toEqual([])
  })

  it('passes TLS on, so that it sees neither key nor path, and checks the certificate of the cluster', async () => {
    const authority = new Authority()
    const identity = authority.issue('good', {san: 'IP:127.0.0.1', days: 2})
    authority.remove()
    const proxy = await startHttpProxy()
    const cluster = servers.keep(await startServer(pong, listener => createTlsServer({...identity}, listener)))
    process.env['HTTPS_PROXY'] = proxy.url
    const url = new URL(`https://127.0.0.1:${cluster.port}`)
    const apiKey = new Secret('KEY-OF-A-TEST')
    await new BiomajClient({url, apiKey, certificateAuthority: authority.pem}).daemon.ping()
    await new BiomajClient({url, apiKey, insecureTls: true}).daemon.ping()
    expect(await failureOf(new BiomajClient({url, apiKey}).daemon.ping())).toMatchObject({code: 'tls'})
    expect(cluster.requests).toHaveLength(2)
    expect(proxy.asked.map(({to}) => to)).toEqual([url.host, url.host, url.host])
    expect(inspect(proxy.asked)).not.toContain('KEY-OF-A-TEST')
  })

  it('keeps its connection for GETs and gives each POST its own', async () => {
    const proxy = await startHttpProxy()
    const cluster = servers.keep(await startServer((_, response) => response.end('{"msg":"pong","status":true}')))
    process.env['HTTP_PROXY'] = proxy.url
    const client = clientOf(cluster)
    await client.daemon.ping()
    await client.daemon.ping()
    expect(proxy.asked).toHaveLength(1)
    await client.banks.cancel('alu')
    await client.banks.cancel('alu')
    expect(proxy.asked).toHaveLength(3)
  })

  it('is given user and password, which no error repeats', async () => {
    const proxy = await startHttpProxy(407)
    process.env['HTTP_PROXY'] = proxy.url.replace('//', '//user:pass-word@')
    const error = await failureOf(clientOf({url: new URL('http://biomaj.test:5000')}).daemon.ping({attempts: 1}))
    expect(error).toMatchObject({
      code: 'unreachable',
      message: 'Cannot reach http://biomaj.test:5000: the HTTP proxy on the way refused (HTTP 407)',
    })
    expect(proxy.asked).toMatchObject([
      {
        to: 'biomaj.test:5000',
        headers: {'proxy-authorization': `Basic ${Buffer.from('user:pass-word').toString('base64')}`},
      },
    ])
    expect(inspect(error, {depth: 10, showHidden: true})).not.toMatch(/pass-word|KEY-OF-A-TEST/)
  })

  it('ends in time when it does not answer', async () => {
    const proxy = await startHttpProxy('silence')
    process.env['HTTP_PROXY'] = proxy.url
    const started = performance.now()
    const call = clientOf({url: new URL('http://biomaj.test')}).daemon.ping({timeoutMs: 200})
    expect(await failureOf(call)).toMatchObject({code: 'timeout'})
    expect(performance.now() - started).toBeLessThan(2000)
  })

  it('ends in time when nobody listens there', async () => {
    const {port} = await startServer(pong).then(async server => server.close().then(() => server))
    process.env['HTTP_PROXY'] = `http://127.0.0.1:${port}`
    const call = clientOf({url: new URL('http://biomaj.test')}).daemon.ping({attempts: 1})
    expect(await failureOf(call)).toMatchObject({code: 'unreachable'})
  })

  it.for(['socks5://user:pass-word@127.0.0.1:1080', 'http://user:pass-word@['])(
    'is refused without being shown: %s',
    async value => {
      process.env['ALL_PROXY'] = value
      const error = await failureOf((async () => clientOf({url: new URL('http://biomaj.test')}).daemon.ping())())
      expect(error).toMatchObject({
        code: 'config_invalid',
        message: 'The environment names a proxy for http://biomaj.test that is not an http or https address',
      })
      expect(inspect(error, {depth: 10})).not.toContain('pass-word')
    },
  )
})
