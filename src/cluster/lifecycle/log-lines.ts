import {open} from 'node:fs/promises'
import {sleep} from '../../shared/abort.js'
import {BiomajError} from '../../shared/errors.js'

const tailBytes = 1024 ** 2
const pollMs = 200

export interface LogQuery {
  /** The last so many lines; of the last megabyte at most. */
  lines: number
  /** Goes on until the signal. */
  follow: boolean
  signal: AbortSignal
}

/** Lines of the cluster's log as they were written, without their ends. A log that is put aside is followed by the new one. */
export async function* logLines(file: string, {lines, follow, signal}: LogQuery): AsyncGenerator<string> {
  let {text, offset} = await readFrom(file, undefined)
  let rest = ''
  const split = (more: string): string[] => {
    const parts = (rest + more).split('\n')
    rest = parts.pop() ?? ''
    return parts
  }
  const last = split(text)
  yield* lines === 0 ? [] : last.slice(-lines)
  if (!follow) return
  for (;;) {
    await sleep(pollMs, signal)
    ;({text, offset} = await readFrom(file, offset))
    yield* split(text)
  }
}

async function readFrom(file: string, offset: number | undefined): Promise<{text: string; offset: number}> {
  try {
    const handle = await open(file, 'r')
    try {
      const {size} = await handle.stat()
      // Shorter than before: it was put aside, and a new one was begun.
      const begin = offset === undefined ? Math.max(0, size - tailBytes) : offset > size ? 0 : offset
      const {buffer, bytesRead} = await handle.read(Buffer.alloc(size - begin), 0, size - begin, begin)
      const whole = buffer.subarray(0, buffer.lastIndexOf(0x0a, bytesRead - 1) + 1)
      const text = whole.toString('utf8')
      return {
        text: offset === undefined && begin > 0 ? text.slice(text.indexOf('\n') + 1) : text,
        offset: begin + whole.length,
      }
    } finally {
      await handle.close()
    }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
    if (offset !== undefined) return {text: '', offset: 0}
    throw new BiomajError({
      code: 'cluster_not_running',
      message: `There is no log ${file}: no cluster was started there`,
      hint: 'Start one with `biomaj cluster start`.',
    })
  }
}
