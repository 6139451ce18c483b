import type {ClusterEvent} from '../model/records.js'
import {Refusal} from './refusal.js'
import {type Call, readableBanks, type Site} from './site.js'
import {moment} from './times.js'

export interface EventStreamOptions {
  /** Streams at a time; one more is refused. */
  most: number
  /** Between comments that keep proxies from closing a silent stream. */
  heartbeatMs: number
  /** Of one stream; its reader comes back with the key that it has then, which may be none any more. */
  longestMs: number
}

const batch = 200
const reconnectMs = 2000

/**
 * Streams of changes as server-sent events. Nothing is kept for a reader that is slow or away: each stream reads the
 * store from the id where it stands, as fast as its reader takes it.
 */
export class EventStreams {
  readonly #site: Site
  readonly #options: EventStreamOptions
  readonly #open = new Set<() => void>()

  constructor(site: Site, options: EventStreamOptions) {
    this.#site = site
    this.#options = options
  }

  /**
   * Events that the caller may see, from the one after `lastEventId` on, or from now on without one.
   *
   * @throws {Refusal} 503 when there are too many streams, `usage` for an id that is none
   */
  async open(call: Call, lastEventId: string | undefined): Promise<Response> {
    if (lastEventId !== undefined && !/^\d{1,15}$/.test(lastEventId)) {
      throw new Refusal({code: 'usage', message: 'Last-Event-ID must be a whole number'})
    }
    if (this.#open.size >= this.#options.most) {
      const message = 'Too many event streams are open'
      throw new Refusal({code: 'refused', message, hint: 'Try again later, or poll.', status: 503})
    }
    const from = lastEventId === undefined ? await this.#site.store.events.lastId() : Number(lastEventId)
    return new Response(this.#stream(call, from), {
      headers: {'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no'},
    })
  }

  /** Ends all streams; their readers come back later. */
  close(): void {
    for (const end of this.#open) end()
  }

  #stream(call: Call, from: number): ReadableStream<Uint8Array> {
    const {events} = this.#site.store
    const {heartbeatMs, longestMs} = this.#options
    const encoder = new TextEncoder()
    const open = this.#open
    let position = from
    let wake: (() => void) | undefined
    let changed = true
    let ended = false
    let cancelled = false
    const nudge = () => {
      changed = true
      wake?.()
    }
    const stopWatching = events.watch(nudge)
    const end = () => {
      ended = true
      open.delete(end)
      stopWatching()
      wake?.()
    }
    open.add(end)
    const next = visibleEvents(call)
    const endsAt = performance.now() + longestMs
    /** Resolves with a change, a heartbeat that is due, or the end. */
    const something = async () => {
      await new Promise<void>(resolve => {
        const timer = setTimeout(resolve, heartbeatMs)
        wake = () => {
          clearTimeout(timer)
          resolve()
        }
        if (changed || ended) wake()
      })
      wake = undefined
    }
    /** The next text for the reader, or undefined at the end. */
    const nextText = async (): Promise<string | undefined> => {
      for (;;) {
        if (!changed && !ended) await something()
        if (ended || performance.now() >= endsAt) return undefined
        if (!changed) return ': still here\n\n'
        changed = false
        const {text, last, more} = await next(position)
        position = last
        if (more) changed = true
        if (text !== '') return text
      }
    }
    return new ReadableStream<Uint8Array>(
      {
        start(controller) {
          controller.enqueue(encoder.encode(`retry: ${reconnectMs}\nid: ${from}\n: open\n\n`))
        },
        async pull(controller) {
          try {
            const text = await nextText()
            if (cancelled) return
            if (text !== undefined) {
              controller.enqueue(encoder.encode(text))
              return
            }
          } catch (error) {
            end()
            throw error
          }
          end()
          controller.close()
        },
        cancel() {
          cancelled = true
          end()
        },
      },
      {highWaterMark: 1},
    )
  }
}

/** Reads on from an id. A bank that is gone meanwhile is judged as it was when it was last known. */
function visibleEvents(call: Call): (from: number) => Promise<{text: string; last: number; more: boolean}> {
  const {events} = call.site.store
  const verdicts = new Map<string, boolean>()
  return async from => {
    const {events: found, gap} = await events.after(from, batch)
    const readable = await readableBanks(call)
    const {byName} = await call.site.index.read()
    const visible = ({bank}: ClusterEvent) => {
      if (bank === null) return true
      if (call.viewer.admin) return true
      if (byName.has(bank)) verdicts.set(bank, readable(bank))
      return verdicts.get(bank) ?? false
    }
    // An id that the store does not know any more leads nowhere: go on from where the store is.
    const last = found.at(-1)?.id ?? (gap ? await events.lastId() : from)
    const lines = gap ? [gapText(from, found[0] ? found[0].id - 1 : last)] : []
    for (const event of found) if (visible(event)) lines.push(eventText(event))
    return {text: lines.join(''), last, more: found.length === batch}
  }
}

/** Tells a reader that it missed something and should look at everything anew. */
function gapText(after: number, id: number): string {
  return `event: gap\nid: ${id}\ndata: ${JSON.stringify({after: String(after)})}\n\n`
}

function eventText({id, type, bank, atMs, data}: ClusterEvent): string {
  const name = type.replaceAll(/[^\w-]/g, '_')
  return `event: ${name}\nid: ${id}\ndata: ${JSON.stringify({at: moment(atMs), bank, data})}\n\n`
}
