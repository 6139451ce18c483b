import {once} from 'node:events'
import {createServer} from 'node:http'
import type {IncomingMessage, ServerResponse} from 'node:http'
import type {AddressInfo} from 'node:net'
import path from 'node:path'
import type {Failure, Upstream} from './types.ts'

interface StoredFile {
  content: Buffer
  modified: Date
}

export interface HttpUpstream extends Upstream {
  url: string
  /** Paths of the files that were asked for, in order. */
  readonly requests: readonly string[]
  /** Method, path with its query, and body of the requests that have a query or a body, in order. */
  readonly questions: readonly string[]
}

/** Serves files and directory listings as Apache writes them, which BioMAJ's default `http.parse.*` understands. */
export async function startHttpUpstream(): Promise<HttpUpstream> {
  const files = new Map<string, StoredFile>()
  const failures = new Map<string, Failure>()
  const requests: string[] = []
  const questions: string[] = []
  const releases = new Map<string, () => void>()

  const deliver = (response: ServerResponse, {content, modified}: StoredFile, headOnly: boolean, cut: boolean) => {
    response.writeHead(200, {
      'Content-Type': 'application/octet-stream',
      'Content-Length': content.length,
      'Last-Modified': modified.toUTCString(),
    })
    if (headOnly) response.end()
    else if (cut) response.write(content.subarray(0, Math.floor(content.length / 2)), () => response.destroy())
    else response.end(content)
  }

  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const {pathname, search} = new URL(request.url ?? '/', 'http://upstream')
    const name = decodeURIComponent(pathname)
    const body = request.method === 'POST' ? Buffer.concat((await request.toArray()) as Buffer[]).toString() : ''
    if (search !== '' || body !== '') questions.push(`${request.method ?? ''} ${name}${search} ${body}`.trim())
    if (name.endsWith('/')) {
      response.writeHead(200, {'Content-Type': 'text/html;charset=UTF-8'}).end(listing(name, files))
      return
    }
    requests.push(name)
    const file = files.get(name)
    const failure = failures.get(name)
    if (failure === 'held') await new Promise<void>(resolve => releases.set(name, resolve))
    if (failure === 'refused') response.writeHead(500).end('Internal Server Error')
    else if (file === undefined || failure === 'missing') response.writeHead(404).end('Not Found')
    else deliver(response, file, request.method === 'HEAD', failure === 'truncated')
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : new Error(String(error)))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`

  return {
    url: `http://${host}`,
    requests,
    questions,
    source: directory => ({protocol: 'http', server: host, directory}),
    put(file, content, modified = new Date()) {
      files.set(file, {content: Buffer.from(content), modified})
      return Promise.resolve()
    },
    remove(file) {
      files.delete(file)
      return Promise.resolve()
    },
    fail(file, failure) {
      failures.set(file, failure)
      return Promise.resolve()
    },
    heal(file) {
      failures.delete(file)
      releases.get(file)?.()
      releases.delete(file)
      return Promise.resolve()
    },
    async stop() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

const rule = '<hr>'

function listing(directory: string, files: ReadonlyMap<string, StoredFile>): string {
  const rows: string[] = []
  const folders = new Set<string>()
  for (const [file, {content, modified}] of files) {
    if (!file.startsWith(directory)) continue
    const [name = '', ...deeper] = file.slice(directory.length).split('/')
    if (deeper.length === 0) rows.push(row({icon: 'unknown', alt: '   ', name, modified, size: String(content.length)}))
    else if (!folders.has(name)) {
      folders.add(name)
      rows.push(row({icon: 'folder', alt: 'DIR', name: `${name}/`, modified, size: '-'}))
    }
  }
  const title = `Index of ${path.posix.join(directory, '.')}`
  return [
    `<html><head><title>${title}</title></head><body><h1>${title}</h1>`,
    `<pre><img src="/icons/blank.gif" alt="Icon "> Name                    Last modified      Size${rule}`,
    ...rows,
    `${rule}</pre></body></html>`,
  ].join('\n')
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

function row({
  icon,
  alt,
  name,
  modified,
  size,
}: Record<'icon' | 'alt' | 'name' | 'size', string> & {modified: Date}): string {
  const day = `${two(modified.getUTCDate())}-${months[modified.getUTCMonth()] ?? ''}-${modified.getUTCFullYear()}`
  const time = `${two(modified.getUTCHours())}:${two(modified.getUTCMinutes())}`
  return `<img src="/icons/${icon}.gif" alt="[${alt}]"> <a href="${name}">${name}</a> ${day} ${time} ${size.padStart(6)}`
}

function two(number: number): string {
  return String(number).padStart(2, '0')
}
