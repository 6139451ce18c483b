import {BiomajError} from '../../shared/errors.js'
import {readBytes} from '../answer.js'
import {errorFromWords} from '../error-mapping.js'
import {path, wholeNumber} from '../path.js'
import type {RequestOptions, Transport} from '../transport.js'

const endMarker = '##END_OF_LOG'
// A log line longer than this is cut, so that a log without line ends cannot fill the memory.
const maxLineLength = 65_536
const maxRefusalBytes = 2000

/** The log of a bank's last run; BioMAJ serves no other. */
export class LogsResource {
  readonly #transport: Transport

  constructor(transport: Transport) {
    this.#transport = transport
  }

  /**
   * `GET .../bank/B/log/N`: the last lines, without their line ends; all of the log when `lines` is 0.
   * The text is as the server wrote it: sanitise it before it reaches a terminal.
   *
   * @throws {BiomajError} `bank_not_found`, `forbidden`, or `refused` when the bank has no log that can be read
   */
  async *tail(
    name: string,
    {lines, ...options}: RequestOptions & {lines: number},
  ): AsyncGenerator<string, void, undefined> {
    const route = path`/api/daemon/bank/${name}/log/${String(wholeNumber(lines, 'lines'))}`
    const {contentType, ...answer} = await this.#transport.stream(route, options)
    if (!contentType.startsWith('text/plain')) {
      const words = await readBytes({contentType, ...answer}, maxRefusalBytes)
      throw this.#refusal(words.toString('utf8'), route)
    }
    // The marker follows the last line without a line end of its own, or stands alone. Only the last line counts:
    // what runs in a bank's update may write the same words.
    let last: string | undefined
    for await (const line of splitLines(answer.chunks)) {
      if (last !== undefined) yield last
      last = line
    }
    if (last === undefined || last === endMarker) return
    yield last.endsWith(endMarker) ? last.slice(0, -endMarker.length) : last
  }

  /** Errors of this route come as 200 with a sentence in HTML. */
  #refusal(words: string, route: string): BiomajError {
    const exchange = this.#transport.exchange('GET', route)
    const reason = words.replace(/^Failed to access log file: /, '').trim()
    if (reason.startsWith('403 Forbidden')) {
      return new BiomajError({
        code: 'forbidden',
        message: 'Only its owner and administrators may read the log of this bank',
      })
    }
    if (reason === 'No log file available') {
      return new BiomajError({code: 'refused', message: 'This bank has no log yet', details: {serverMessage: reason}})
    }
    if (reason.startsWith('Cannot access log file')) {
      return new BiomajError({
        code: 'refused',
        message: 'The log of the last run is gone from the server',
        details: {serverMessage: reason},
      })
    }
    if (/'NoneType' object is not subscriptable/.test(reason)) {
      return new BiomajError({
        code: 'key_invalid',
        message: 'The cluster does not know this API key',
      })
    }
    if (reason !== words.trim()) return errorFromWords(reason, exchange)
    return new BiomajError({code: 'protocol', message: `${exchange.origin} answered ${exchange.route} with no log`})
  }
}

async function* splitLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder('utf-8')
  let rest = ''
  for await (const chunk of chunks) {
    const parts = (rest + decoder.decode(chunk, {stream: true})).split('\n')
    rest = cut(parts.pop() ?? '')
    for (const part of parts) yield cut(part)
  }
  rest += decoder.decode()
  if (rest !== '') yield cut(rest)
}

function cut(line: string): string {
  return line.length > maxLineLength ? line.slice(0, maxLineLength) : line
}
