import {Refusal, usage} from './refusal.js'

const mostBytes = 1024 * 1024

/**
 * The JSON object in a body; an empty body is an empty object. Whatever the content type says: nothing but a key in a
 * header gives a request any rights.
 *
 * @throws {Refusal} 413, or `usage` for what is no JSON object
 */
export async function jsonObject(request: Request): Promise<Record<string, unknown>> {
  const text = await limitedText(request)
  if (text.trim() === '') return {}
  const value = parsed(text)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw usage('The body must be a JSON object')
  }
  return value as Record<string, unknown>
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) throw usage('The body is not JSON')
    throw error
  }
}

async function limitedText(request: Request): Promise<string> {
  if (request.body === null) return ''
  if (Number(request.headers.get('content-length') ?? 0) > mostBytes) throw tooLarge()
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of request.body as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength
    if (bytes > mostBytes) throw tooLarge()
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function tooLarge(): Refusal {
  return new Refusal({code: 'usage', message: 'The body is larger than 1 MiB', status: 413})
}
