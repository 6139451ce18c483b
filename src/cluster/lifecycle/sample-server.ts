import {once} from 'node:events'
import {readdir, readFile, stat} from 'node:fs/promises'
import {createServer, type IncomingMessage, type Server, type ServerResponse} from 'node:http'
import path from 'node:path'

/** The package's sample data, served as an Apache folder would be. */
export interface SampleServer {
  port: number
  close(): Promise<void>
}

export interface SampleOptions {
  /** Folder whose subfolders are served. */
  directory: string
  /** Tried first; 0 for any. */
  preferredPort: number
}

interface SampleFile {
  name: string
  bytes: Buffer
}

/** Installing a package changes the times of its files; a release that is named by one must not change with it. */
const fileDate = new Date('2020-11-26T21:16:00Z')
const listedDate = '26-Nov-2020 21:16'

/**
 * Serves the sample sequences on loopback: the bank `alu` is downloaded from here as any other bank is from its site,
 * and needs no network.
 */
export async function startSampleServer({directory, preferredPort}: SampleOptions): Promise<SampleServer> {
  const folders = await readFolders(directory)
  const server = createServer((request, response) => answer(folders, request, response))
  await listenAt(server, preferredPort)
  // The cluster's own door keeps the process alive.
  server.unref()
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The sample server has no port')
  return {
    port: address.port,
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

async function listenAt(server: Server, preferredPort: number): Promise<void> {
  for (const port of preferredPort === 0 ? [0] : [preferredPort, 0]) {
    server.listen(port, '127.0.0.1')
    try {
      await once(server, 'listening')
      return
    } catch (error) {
      // Nobody chose this port, so another one is as good.
      if (port === 0) throw error
    }
  }
}

async function readFolders(directory: string): Promise<Map<string, SampleFile[]>> {
  const folders = new Map<string, SampleFile[]>()
  for (const folder of await readdir(directory)) {
    const at = path.join(directory, folder)
    if (!(await stat(at)).isDirectory()) continue
    const names = (await readdir(at)).filter(name => name !== 'PROVENANCE.md').toSorted()
    folders.set(
      folder,
      await Promise.all(names.map(async name => ({name, bytes: await readFile(path.join(at, name))}))),
    )
  }
  return folders
}

function answer(folders: Map<string, SampleFile[]>, request: IncomingMessage, response: ServerResponse): void {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(405, {allow: 'GET, HEAD'}).end()
    return
  }
  const [, folder = '', name] = /^\/(?:([\w.-]+)\/([\w.-]*))?$/.exec(request.url ?? '') ?? [
    undefined,
    undefined,
    undefined,
  ]
  const files = folders.get(folder)
  const file = files?.find(one => one.name === name)
  if (request.url === '/') send(response, html(listing('/', [...folders.keys()].map(directoryLine))))
  else if (files && name === '') send(response, html(listing(`/${folder}`, files.map(fileLine))))
  else if (file) send(response, {type: 'application/octet-stream', body: file.bytes, modified: fileDate})
  else response.writeHead(404, {'content-type': 'text/plain'}).end('There is no such file\n')
}

interface Content {
  type: string
  body: Buffer
  modified?: Date
}

function send(response: ServerResponse, {type, body, modified}: Content): void {
  response.writeHead(200, {
    'content-type': type,
    'content-length': body.byteLength,
    ...(modified && {'last-modified': modified.toUTCString()}),
  })
  // Node leaves the body of an answer to HEAD away.
  response.end(body)
}

function html(text: string): Content {
  return {type: 'text/html; charset=utf-8', body: Buffer.from(text)}
}

/** In the form that BioMAJ's default patterns for listings read. */
function listing(folder: string, lines: readonly string[]): string {
  return [
    '<!DOCTYPE html>',
    `<html><head><title>Index of ${folder}</title></head><body><h1>Index of ${folder}</h1>`,
    '<pre>',
    ...lines,
    '</pre></body></html>',
    '',
  ].join('\n')
}

function directoryLine(name: string): string {
  return `<img src="/icons/folder.gif" alt="[DIR]"> <a href="${name}/">${name}/</a>  ${listedDate}    -`
}

function fileLine({name, bytes}: SampleFile): string {
  return `<img src="/icons/unknown.gif" alt="[   ]"> <a href="${name}">${name}</a>  ${listedDate}  ${bytes.byteLength}`
}
