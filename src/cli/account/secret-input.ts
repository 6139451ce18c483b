import {addAbortSignal} from 'node:stream'
import {BiomajError} from '../../shared/errors.js'
import {Secret} from '../../shared/secret.js'
import type {Runtime} from '../runtime.js'

const maxBytes = 4096

/** The one line that a script pipes in. Its line end, if there is one, does not belong to it. */
export async function secretFromStdin({stdin, signal}: Runtime, flag: string): Promise<Secret> {
  const refused = (message: string) =>
    new BiomajError({
      code: 'input_required',
      message,
      hint: `Pipe one line into it, such as \`pass show biomaj | biomaj login URL --user NAME ${flag}\`.`,
    })
  if (stdin.isTTY === true) throw refused(`${flag} reads from a pipe, and standard input is a terminal`)
  const chunks: Buffer[] = []
  let bytes = 0
  try {
    for await (const chunk of addAbortSignal(signal, stdin)) {
      const piece = Buffer.from(chunk as Buffer | string)
      bytes += piece.length
      if (bytes > maxBytes) throw refused(`${flag} found more than ${maxBytes} bytes on standard input`)
      chunks.push(piece)
    }
  } catch (error) {
    signal.throwIfAborted()
    throw error
  }
  const line = Buffer.concat(chunks)
    .toString('utf8')
    .replace(/\r?\n$/, '')
  if (line === '') throw refused(`${flag} found nothing on standard input`)
  if (/[\r\n]/.test(line)) throw refused(`${flag} found more than one line on standard input`)
  return new Secret(line)
}

/** Refuses a key that no header can carry, before it is stored. `source` says where it came from. */
export function requireKeyForm(key: Secret, source: string): Secret {
  if (key.fitsHeader) return key
  throw new BiomajError({
    code: 'key_invalid',
    message: `${source} is no API key: it holds a space, a control character or a letter outside ASCII`,
    hint: 'Take the key alone, without quotes.',
  })
}
