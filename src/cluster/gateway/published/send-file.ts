import {isUnchanged, rangeOf} from './conditions.js'
import type {OpenedEntry} from './resolve-path.js'

const chunkBytes = 256 * 1024

/** What a browser may show; all else it saves. Nothing in the list can run. */
const shown: Readonly<Record<string, string>> = {
  txt: 'text/plain; charset=utf-8',
  md: 'text/plain; charset=utf-8',
  log: 'text/plain; charset=utf-8',
  fa: 'text/plain; charset=utf-8',
  fasta: 'text/plain; charset=utf-8',
  csv: 'text/plain; charset=utf-8',
  tsv: 'text/plain; charset=utf-8',
  json: 'application/json',
  gz: 'application/gzip',
  tgz: 'application/gzip',
  bz2: 'application/x-bzip2',
  xz: 'application/x-xz',
  zip: 'application/zip',
  tar: 'application/x-tar',
}

/** A file or the part of it that is asked for. Takes over the handle, and closes it when the last byte is read or nobody wants it. */
export async function sendFile(request: Request, entry: OpenedEntry, name: string): Promise<Response> {
  const {handle, sizeBytes, modifiedMs} = entry
  const etag = `"${entry.version}"`
  const headers: Record<string, string> = {
    'accept-ranges': 'bytes',
    'cache-control': 'no-cache',
    'content-type': shown[name.split('.').at(-1)?.toLowerCase() ?? ''] ?? 'application/octet-stream',
    etag,
    'last-modified': new Date(modifiedMs).toUTCString(),
  }
  if (isUnchanged(request.headers, {etag, modifiedMs})) {
    await handle.close()
    return new Response(null, {status: 304, headers})
  }
  const range = request.method === 'HEAD' ? undefined : rangeOf(request.headers, {etag, modifiedMs, sizeBytes})
  if (range === 'unsatisfiable') {
    await handle.close()
    return new Response(null, {status: 416, headers: {...headers, 'content-range': `bytes */${sizeBytes}`}})
  }
  const {start, end} = range ?? {start: 0, end: sizeBytes - 1}
  headers['content-length'] = String(end - start + 1)
  if (range) headers['content-range'] = `bytes ${start}-${end}/${sizeBytes}`
  if (!(headers['content-type'] ?? '').startsWith('text/plain')) {
    headers['content-disposition'] = `attachment; filename*=UTF-8''${encodeFileName(name)}`
  }
  const status = range ? 206 : 200
  if (request.method === 'HEAD') {
    await handle.close()
    return new Response(null, {status, headers})
  }
  return new Response(bytesOf(entry, {start, end}), {status, headers})
}

/** Reads as fast as it is read from. Fails when the file got shorter: the announced length would be a lie. */
function bytesOf({handle}: OpenedEntry, {start, end}: {start: number; end: number}): ReadableStream<Uint8Array> {
  let position = start
  return new ReadableStream<Uint8Array>(
    {
      pull: async controller => {
        try {
          if (position <= end) {
            const buffer = new Uint8Array(Math.min(chunkBytes, end - position + 1))
            const {bytesRead} = await handle.read(buffer, {position})
            if (bytesRead === 0) throw new Error('the file got shorter while it was read')
            position += bytesRead
            controller.enqueue(buffer.subarray(0, bytesRead))
          }
          if (position > end) {
            await handle.close()
            controller.close()
          }
        } catch (error) {
          await handle.close()
          throw error
        }
      },
      cancel: () => handle.close(),
    },
    {highWaterMark: 0},
  )
}

function encodeFileName(name: string): string {
  return encodeURIComponent(name).replaceAll(/['()*]/g, sign => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
}
