import type {ServerResponse} from 'node:http'

/**
 * Writes an answer to its connection, at the reader's pace. Ends an event stream when `closing` is aborted; rejects when
 * the body breaks off, after which the connection must be destroyed, so that nobody takes the part for the whole.
 */
export async function send(response: Response, outgoing: ServerResponse, closing: AbortSignal): Promise<void> {
  const headers: Record<string, string | string[]> = Object.fromEntries(response.headers)
  const cookies = response.headers.getSetCookie()
  if (cookies.length > 0) headers['set-cookie'] = cookies
  if (closing.aborted) headers['connection'] = 'close'
  outgoing.writeHead(response.status, headers)
  if (!response.body) {
    outgoing.end()
    return
  }
  const reader = response.body.getReader()
  const stop = () => void reader.cancel().catch(() => undefined) // It may be broken already, which `read` tells.
  const endless = response.headers.get('content-type')?.startsWith('text/event-stream') ?? false
  outgoing.on('close', stop)
  if (endless) {
    outgoing.flushHeaders()
    if (closing.aborted) stop()
    closing.addEventListener('abort', stop, {once: true})
  }
  try {
    if (outgoing.destroyed) stop()
    for (;;) {
      const {done, value} = await reader.read()
      if (done) break
      if (!outgoing.write(value)) await drained(outgoing)
    }
    outgoing.end()
  } finally {
    outgoing.off('close', stop)
    closing.removeEventListener('abort', stop)
  }
}

async function drained(outgoing: ServerResponse): Promise<void> {
  if (outgoing.destroyed) return
  await new Promise<void>(resolve => {
    const end = () => {
      outgoing.off('drain', end)
      outgoing.off('close', end)
      resolve()
    }
    outgoing.on('drain', end)
    outgoing.on('close', end)
  })
}
