import {open} from 'node:fs/promises'
import type {FileHandle} from 'node:fs/promises'
import {Refusal} from './refusal.js'
import {type Call, readableBank} from './site.js'

const chunkBytes = 64 * 1024
const endMarker = '##END_OF_LOG'

/**
 * `GET .../bank/B/log/N`: the last lines of the last run's log, all of it with 0. As BioMAJ, it says what is wrong in a
 * sentence with status 200, which the original client prints as it is.
 */
export async function bankLog(call: Call, {bank: name, lines}: {bank: string; lines: string}): Promise<Response> {
  if (!/^\d{1,9}$/.test(lines)) return sentence(`Failed to access log file: invalid number of lines`)
  try {
    const {bank} = await readableBank(call, name)
    if (!bank.status) return sentence('No log file available')
    const file = await openOrNothing(bank.status.logFile)
    if (!file) return sentence(`Cannot access log file ${bank.status.logFile}`)
    return new Response(await streamOf(file, Number(lines)), {
      headers: {'content-type': 'text/plain; charset=utf-8'},
    })
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    const words =
      error.code === 'forbidden' ? "403 Forbidden: {'message': 'not authorized to access this bank'}" : error.words
    return sentence(`Failed to access log file: ${words}`)
  }
}

function sentence(text: string): Response {
  return new Response(text, {headers: {'content-type': 'text/html; charset=utf-8'}})
}

export async function openOrNothing(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path)
  } catch (error) {
    if (error instanceof Error && 'code' in error) return undefined
    throw error
  }
}

/** What the file has now, from the line where the tail begins; what is written meanwhile waits for the next request. */
async function streamOf(file: FileHandle, lines: number): Promise<ReadableStream<Uint8Array>> {
  const {size} = await file.stat()
  let position = lines === 0 ? 0 : await startOfTail(file, size, lines)
  return new ReadableStream({
    async pull(controller) {
      const length = Math.min(chunkBytes, size - position)
      const {bytesRead, buffer} = await file.read(Buffer.alloc(Math.max(length, 0)), 0, Math.max(length, 0), position)
      position += bytesRead
      if (bytesRead > 0) controller.enqueue(buffer.subarray(0, bytesRead))
      if (bytesRead > 0 && position < size) return
      controller.enqueue(new TextEncoder().encode(endMarker))
      controller.close()
      await file.close()
    },
    async cancel() {
      await file.close()
    },
  })
}

/** Reads backwards, so that the tail of a large log costs as much as that of a small one. */
async function startOfTail(file: FileHandle, size: number, lines: number): Promise<number> {
  const buffer = Buffer.alloc(chunkBytes)
  let found = 0
  for (let end = size; end > 0; ) {
    const start = Math.max(0, end - chunkBytes)
    const {bytesRead} = await file.read(buffer, 0, end - start, start)
    for (let index = bytesRead - 1; index >= 0; index--) {
      // The line end of the last line separates it from nothing.
      if (buffer[index] !== 0x0a || start + index === size - 1) continue
      found++
      if (found === lines) return start + index + 1
    }
    end = start
  }
  return 0
}
