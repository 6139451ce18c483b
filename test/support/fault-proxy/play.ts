import type {ServerResponse} from 'node:http'
import {gzipSync} from 'node:zlib'
import type {Fault} from './fault.js'

const megabyte = 1_048_576

/** What the cluster behind the proxy said. */
export interface ClusterAnswer {
  status: number
  headers: Record<string, string | string[]>
  body: Buffer
}

export interface Scene {
  response: ServerResponse
  path: string
  /** Asks the cluster; at most once per request. */
  forward: () => Promise<ClusterAnswer>
  elsewhereUrl: string
  /** Called again and again until the connection or the proxy is closed. */
  every: (intervalMs: number, act: () => void) => void
}

/** Answers one request the wrong way. */
export async function playFault(fault: Exclude<Fault, {kind: 'latency'}>, scene: Scene): Promise<void> {
  const {response, path, forward} = scene
  switch (fault.kind) {
    case 'hang-up':
      reset(response)
      return
    case 'silence':
      return
    case 'lose-answer':
      await forward()
      reset(response)
      return
    case 'reset':
    case 'truncate': {
      const answer = await forward()
      response.writeHead(answer.status, {...answer.headers, 'content-length': answer.body.length, connection: 'close'})
      const half = answer.body.subarray(0, Math.floor(answer.body.length / 2))
      response.write(half, () => {
        if (fault.kind === 'reset') reset(response)
        else response.socket?.end()
      })
      return
    }
    case 'wrong-length': {
      const answer = await forward()
      const claimed = Math.floor(answer.body.length / 2)
      response.writeHead(answer.status, {...answer.headers, 'content-length': claimed}).end(answer.body)
      return
    }
    case 'content-type': {
      const answer = await forward()
      response.writeHead(answer.status, {...answer.headers, 'content-type': fault.value}).end(answer.body)
      return
    }
    case 'status':
      html(response, fault.status, fault.body ?? errorPage(fault.status), fault.headers)
      return
    case 'captive-portal':
      html(
        response,
        200,
        '<!doctype html>\n<title>Guest network</title>\n<form action="/login">Sign in to go on</form>\n',
      )
      return
    case 'empty-object':
      json(response, '{}')
      return
    case 'answer':
      response.writeHead(200, {'content-type': fault.contentType ?? 'application/json'}).end(fault.body)
      return
    case 'redirect':
      response.writeHead(fault.status ?? 302, {location: location(fault.to, path, scene.elsewhereUrl)}).end()
      return
    case 'drip':
      response.writeHead(200, {'content-type': 'application/json'}).flushHeaders()
      scene.every(fault.intervalMs, () => response.write(' '))
      return
    case 'gzip-bomb': {
      const packed = bomb(fault.megabytes ?? 65)
      response.writeHead(200, {
        'content-type': 'application/json',
        'content-encoding': 'gzip',
        'content-length': packed.length,
      })
      response.end(packed)
      return
    }
    case 'huge-json':
      pour(response, fault.megabytes ?? 80)
      return
    case 'invalid-utf8':
      json(response, Buffer.from([...Buffer.from('{"msg": "'), 0xff, 0xfe, 0xc3, 0x28, ...Buffer.from('"}')]))
  }
}

const bombs = new Map<number, Buffer>()

/** Packing takes a third of a second, so each size is packed once. */
function bomb(megabytes: number): Buffer {
  const packed = bombs.get(megabytes)
  if (packed !== undefined) return packed
  const plain = Buffer.alloc(megabytes * megabyte, ' ')
  plain.write('{"a":1')
  plain.write('}', plain.length - 1)
  bombs.set(megabytes, gzipSync(plain))
  return bomb(megabytes)
}

/** A TCP reset: the peer sees ECONNRESET, not an orderly end. */
function reset(response: ServerResponse): void {
  response.socket?.resetAndDestroy()
}

function json(response: ServerResponse, body: string | Buffer): void {
  response.writeHead(200, {'content-type': 'application/json'}).end(body)
}

function html(response: ServerResponse, status: number, body: string, headers: Record<string, string> = {}): void {
  response.writeHead(status, {'content-type': 'text/html; charset=utf-8', ...headers}).end(body)
}

/** The page that Werkzeug writes for a failure without a description of its own. */
function errorPage(status: number): string {
  const names: Record<number, string> = {
    500: 'Internal Server Error',
    502: 'Bad Gateway',
    503: 'Service Unavailable',
    504: 'Gateway Timeout',
  }
  const name = names[status] ?? 'Error'
  return `<!doctype html>\n<html lang=en>\n<title>${status} ${name}</title>\n<h1>${name}</h1>\n<p>The request could not be served.</p>\n`
}

function location(to: URL | 'same-origin' | 'cross-origin' | 'loop', path: string, elsewhereUrl: string): string {
  if (to instanceof URL) return to.href
  if (to === 'loop') return path
  // The proxy takes the prefix away again: the second request is the one that should be answered.
  return to === 'same-origin' ? `/moved${path}` : `${elsewhereUrl}${path}`
}

function pour(response: ServerResponse, megabytes: number): void {
  const item = `${JSON.stringify('x'.repeat(1021))},`
  const chunk = item.repeat(1024)
  let left = megabytes
  response.writeHead(200, {'content-type': 'application/json'})
  response.write('{"banks":[')
  const more = (): void => {
    while (left > 0 && !response.destroyed) {
      left -= 1
      if (!response.write(chunk)) {
        response.once('drain', more)
        return
      }
    }
    if (!response.destroyed && !response.writableEnded) response.end('0]}')
  }
  more()
}
