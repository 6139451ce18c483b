import {createInterface} from 'node:readline'
import {sanitise} from '../../shared/sanitise.js'
import {type Connection, Feed, partsOf} from '../data/feed.js'
import {boardSource} from '../data/sources.js'
import type {DashboardHost} from '../host.js'
import type {DashboardEnd} from '../open-dashboard.js'
import {formatWhole} from '../kit/age.js'
import {allOf, connectionWords, newsOf, type Statements, statementsOf} from './statements.js'

const heartbeatMs = 30_000
const help =
  'Type a word and press Enter: all says everything again, banks says every bank, refresh asks now, quit leaves. Ctrl-C leaves too.'

/**
 * The dashboard as sentences, one a line and none taken back: for screen readers, and for whoever cannot use a screen
 * that changes in place. Says what is new, and every half minute that there is nothing new.
 */
export async function openLinear(host: DashboardHost): Promise<DashboardEnd> {
  const {promise: ended, resolve: end, reject: crash} = Promise.withResolvers<DashboardEnd>()
  const feed = new Feed({connect: host.cluster.connect, clock: host.clock, intervalMs: host.intervalMs})
  const speaker = new Speaker(host, feed)
  const lines = createInterface({input: host.stdin, terminal: false})
  lines.on('line', typed => {
    if (speaker.obey(typed.trim().toLowerCase()) === 'quit') end('quit')
  })
  lines.on('close', () => end('quit'))
  const onAbort = () => end('aborted')
  host.signal.addEventListener('abort', onAbort, {once: true})
  const giveBack = [host.foreground.onUncaught(crash), host.foreground.onContinued(() => feed.refresh())]
  const heart = new AbortController()
  if (host.signal.aborted) end('aborted')
  try {
    speaker.begin()
    speaker.beat(heart.signal).catch(crash)
    return await ended
  } finally {
    heart.abort()
    feed.dispose()
    lines.close()
    for (const give of giveBack) give()
    host.signal.removeEventListener('abort', onAbort)
  }
}

const nothing: Statements = new Map()

class Speaker {
  readonly #host: DashboardHost
  readonly #feed: Feed
  #said = nothing
  #connection: Connection['state'] = 'connecting'
  #lastSaidMs: number

  constructor(host: DashboardHost, feed: Feed) {
    this.#host = host
    this.#feed = feed
    this.#lastSaidMs = host.clock.nowMs()
  }

  begin(): void {
    const {name, url, user, keyVariable, readOnly} = this.#host.cluster
    const nameless = keyVariable === undefined ? 'as nobody' : `with the key from ${keyVariable}`
    const as = user === undefined ? nameless : `as ${user}`
    this.#say([
      `BioMAJ cluster ${name === url ? url : `${name} at ${url}`}, ${as}${readOnly ? ', read-only' : ''}.`,
      help,
      'Connecting.',
    ])
    this.#feed.subscribe(() => this.#hear())
    this.#feed.want([boardSource])
  }

  obey(word: string): 'quit' | undefined {
    if (word === 'quit' || word === 'q' || word === 'exit') return 'quit'
    if (word === 'refresh') this.#feed.refresh()
    else if (word === 'all' || word === '') this.#say([connectionWords(this.#connectionNow), ...allOf(this.#said)])
    else if (word === 'banks') this.#say(textsAbout('bank ', this.#said))
    else this.#say([help])
    return undefined
  }

  /** Ends with the signal. */
  async beat(signal: AbortSignal): Promise<void> {
    const {clock} = this.#host
    while (!signal.aborted) {
      try {
        await clock.sleep(Math.max(1, this.#lastSaidMs + heartbeatMs - clock.nowMs()), signal)
      } catch (error) {
        if (signal.aborted) return
        throw error
      }
      if (clock.nowMs() - this.#lastSaidMs >= heartbeatMs) this.#say([this.#nothingNew()])
    }
  }

  #nothingNew(): string {
    const connection = this.#connectionNow
    if (connection.state !== 'live') return connectionWords(connection)
    const {atMs} = partsOf(this.#feed.getSnapshot(), boardSource).banks
    const age = atMs === undefined ? '' : `; last answer ${formatWhole(this.#host.clock.nowMs() - atMs)} ago`
    return `Nothing new${age}.`
  }

  get #connectionNow(): Connection {
    return this.#feed.getSnapshot().connection
  }

  #hear(): void {
    const connection = this.#connectionNow
    const news: string[] = []
    if (connection.state !== this.#connection) news.push(connectionWords(connection))
    this.#connection = connection.state
    // While nothing is heard from the cluster, that it is not heard is all there is to say.
    if (connection.state === 'live') {
      const now = statementsOf(partsOf(this.#feed.getSnapshot(), boardSource))
      news.push(...(this.#said === nothing ? allOf(now) : newsOf(this.#said, now)))
      this.#said = now
    }
    if (news.length > 0) this.#say(news)
  }

  #say(texts: readonly string[]): void {
    const {stdout, clock, date} = this.#host
    this.#lastSaidMs = clock.nowMs()
    const time = date().toISOString().slice(11, 19)
    stdout.write(texts.map(text => `${time} ${sanitise(text)}\n`).join(''))
  }
}

function textsAbout(prefix: string, said: Statements): string[] {
  const texts = [...said].flatMap(([about, {text}]) => (about.startsWith(prefix) ? [text] : []))
  return texts.length === 0 ? ['No bank is known.'] : texts
}
