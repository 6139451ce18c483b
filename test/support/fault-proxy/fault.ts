/** What can go wrong between a client and a cluster. Without a note, the request does not reach the cluster. */
export type Fault =
  /** The connection is reset before a byte of an answer. */
  | {kind: 'hang-up'}
  /** Nothing is answered, the connection stays open. */
  | {kind: 'silence'}
  /** The cluster answers; the connection is reset after half of the body. */
  | {kind: 'reset'}
  /** The cluster answers and its answer is lost: whether it did the work is unknown to the client. */
  | {kind: 'lose-answer'}
  /** The request goes on after a while; the next rule that matches applies then. */
  | {kind: 'latency'; delayMs: number}
  /** The cluster answers; half of the body arrives, then the connection ends in an orderly way. */
  | {kind: 'truncate'}
  /** The cluster answers; `content-length` is shorter than the body. */
  | {kind: 'wrong-length'}
  /** An error page as Flask or a reverse proxy writes it. */
  | {kind: 'status'; status: number; headers?: Record<string, string>; body?: string}
  /** 200 and the sign-in page of somebody's network. */
  | {kind: 'captive-portal'}
  /** 200 and `{}`. */
  | {kind: 'empty-object'}
  /** 200 and a body of the test's choice. */
  | {kind: 'answer'; body: string; contentType?: string}
  /**
   * `same-origin` leads to the right answer, `loop` to itself, `cross-origin` to `FaultProxy.elsewhere`;
   * a URL leads there.
   */
  | {kind: 'redirect'; to: 'same-origin' | 'cross-origin' | 'loop' | URL; status?: 301 | 302 | 303 | 307 | 308}
  /** 200, then one byte per interval for ever. */
  | {kind: 'drip'; intervalMs: number}
  /** A small body that inflates to a large one (default 65 MB of valid JSON). */
  | {kind: 'gzip-bomb'; megabytes?: number}
  /** Valid JSON without end in sight (default 80 MB). */
  | {kind: 'huge-json'; megabytes?: number}
  /** The cluster answers, under another content type. */
  | {kind: 'content-type'; value: string}
  /** 200 and JSON with bytes that are no UTF-8. */
  | {kind: 'invalid-utf8'}

/** Which requests a fault meets. All conditions must hold; without any, every request. */
export interface When {
  /** Matched against path and query: a string is a prefix. */
  route?: string | RegExp
  method?: string
  /** Matched against the body, which tells one RPC from another. */
  body?: RegExp
  /** Which of the requests that match all of the above, counted from 1. */
  nth?: number | readonly number[]
  /** Chance from 0 to 1, from the proxy's seeded generator. */
  probability?: number
}

/** Decides, in order of injection, which faults meet a request. */
export class FaultRules {
  readonly #rules: {fault: Fault; when: When; seen: number}[] = []
  readonly #random: () => number

  constructor(random: () => number) {
    this.#random = random
  }

  add(fault: Fault, when: When): () => void {
    const rule = {fault, when, seen: 0}
    this.#rules.push(rule)
    return () => {
      const index = this.#rules.indexOf(rule)
      if (index !== -1) this.#rules.splice(index, 1)
    }
  }

  clear(): void {
    this.#rules.length = 0
  }

  /** All latencies that match and the first other fault. Counts the request for every rule. */
  pick(request: {method: string; path: string; body: string}): {delayMs: number; fault: Fault | undefined} {
    let delayMs = 0
    let fault: Fault | undefined
    for (const rule of this.#rules) {
      if (!matches(rule.when, request)) continue
      rule.seen += 1
      const {nth, probability} = rule.when
      if (nth !== undefined && ![nth].flat().includes(rule.seen)) continue
      if (probability !== undefined && this.#random() >= probability) continue
      if (rule.fault.kind === 'latency') delayMs += rule.fault.delayMs
      else fault ??= rule.fault
    }
    return {delayMs, fault}
  }
}

function matches({route, method, body}: When, request: {method: string; path: string; body: string}): boolean {
  if (method !== undefined && method !== request.method) return false
  if (body !== undefined && !body.test(request.body)) return false
  if (route === undefined) return true
  return typeof route === 'string' ? request.path.startsWith(route) : route.test(request.path)
}

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d_2b_79_f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
