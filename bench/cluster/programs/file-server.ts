/**
 * Serves made up files on loopback, in a process that belongs to neither side: `file-server.ts FOLDERS`, the JSON of
 * `FileServerOptions`. Prints its port; ends when its standard input ends.
 */
import {once} from 'node:events'
import {createServer} from 'node:http'
import type {IncomingMessage, ServerResponse} from 'node:http'
import type {AddressInfo, Socket} from 'node:net'
import {Readable} from 'node:stream'
import {pipeline} from 'node:stream/promises'
import {setTimeout} from 'node:timers/promises'
import type {FileServerOptions} from '../file-server.ts'

const {folders, bytesPerSecond} = JSON.parse(process.argv[2] ?? '{}') as FileServerOptions
const modified = new Date('2026-03-14T15:09:00Z')
const listed = '14-Mar-2026 15:09'
const slice = Buffer.alloc(256 * 1024)
// Letters without a pattern, so that nothing on the way gains from packing them.
for (let at = 0, state = 1; at < slice.length; at++) {
  state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
  slice[at] = 97 + (state % 26)
}
/** Milliseconds of the epoch at which a folder was first asked for. */
const asked = new Map<string, number>()
/** When a connection may be written to again. */
const freeAt = new WeakMap<Socket, number>()

const server = createServer((request, response) => {
  answer(request, response).catch(() => response.destroy())
})
server.listen(0, '127.0.0.1')
await once(server, 'listening')
process.stdout.write(`${(server.address() as AddressInfo).port}\n`)
process.stdin.resume().once('end', () => {
  server.closeAllConnections()
  server.close()
})

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const [, name = '', file = ''] = (request.url ?? '').split('/')
  if (name === '-') {
    response.writeHead(200, {'content-type': 'application/json'}).end(JSON.stringify(Object.fromEntries(asked)))
    return
  }
  const folder = folders[name]
  if (folder === undefined) {
    response.writeHead(404).end()
    return
  }
  if (!asked.has(name)) asked.set(name, Date.now())
  if (file === '') {
    response.writeHead(200, {'content-type': 'text/html;charset=UTF-8'}).end(listing(name, folder))
    return
  }
  response.writeHead(200, {
    'content-type': 'application/octet-stream',
    'content-length': folder.bytes,
    'last-modified': modified.toUTCString(),
  })
  if (request.method === 'HEAD') response.end()
  else
    await pipeline(Readable.from(content({socket: request.socket, bytes: folder.bytes}), {highWaterMark: 1}), response)
}

async function* content({socket, bytes}: {socket: Socket; bytes: number}): AsyncGenerator<Buffer> {
  for (let left = bytes; left > 0; left -= slice.length) {
    const part = left < slice.length ? slice.subarray(0, left) : slice
    if (bytesPerSecond !== undefined) await inTurn(socket, (part.length / bytesPerSecond) * 1000)
    yield part
  }
}

/** Waits until the connection has had its time for what it was given before. */
async function inTurn(socket: Socket, takesMs: number): Promise<void> {
  const now = performance.now()
  const at = Math.max(now, freeAt.get(socket) ?? 0)
  freeAt.set(socket, at + takesMs)
  if (at > now) await setTimeout(at - now)
}

function listing(name: string, {files, bytes}: {files: number; bytes: number}): string {
  const rows = Array.from({length: files}, (_, number) => {
    const file = `part-${String(number).padStart(4, '0')}.n`
    return `<img src="/icons/unknown.gif" alt="[   ]"> <a href="${file}">${file}</a> ${listed} ${String(bytes).padStart(6)}`
  })
  const head = `<html><head><title>Index of /${name}</title></head><body><h1>Index of /${name}</h1>`
  const columns = '<pre><img src="/icons/blank.gif" alt="Icon "> Name                    Last modified      Size<hr>'
  return [head, columns, ...rows, '<hr></pre></body></html>'].join('\n')
}
