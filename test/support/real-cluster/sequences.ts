import {readFile} from 'node:fs/promises'

/** An answer of one poll: the parsed JSON or the text, or why there was none. */
export type Polled = {status: number; body: unknown} | {error: string}

/** Everything that a waiting client can see at one moment. */
export interface Sample {
  /** Since the first request of the scenario was sent; negative before. */
  atMs: number
  /** `GET /bank/<bank>/status`, by bank. */
  status: Record<string, Polled>
  /** `GET /whatsup`. */
  whatsup: Polled
  /** RPC `{whatsup, json}` without `proxy`: the lock files. */
  locks: Polled
  /** RPC `{history, historyLimit: 20}`. */
  history: Polled
  /** `GET /bank/<bank>/log/100`, by bank. */
  log: Record<string, Polled>
}

/** Something done from outside: a request with its answer, or a plug that was pulled. */
export interface SequenceEvent {
  atMs: number
  what: string
  answer?: Polled
}

export interface Sequence {
  name: string
  description: string
  /** The servers' clock (UTC) at `atMs` 0. */
  startedAt: string
  events: SequenceEvent[]
  samples: Sample[]
}

/** In the file, a part that did not change since the sample before is left out. */
export interface StoredSequence {
  name: string
  description: string
  /** The servers' clock (UTC) at `atMs` 0. */
  startedAt: string
  recordedWith: string
  events: SequenceEvent[]
  samples: (Pick<Sample, 'atMs'> & Partial<Sample>)[]
}

/** A recorded timeline of `test/fixtures/sequences`, every sample complete. */
export async function readSequence(name: string): Promise<Sequence> {
  const file = new URL(`../../fixtures/sequences/${name}.json`, import.meta.url)
  const stored = JSON.parse(await readFile(file, 'utf8')) as StoredSequence
  const samples: Sample[] = []
  for (const sample of stored.samples) samples.push({...samples.at(-1), ...sample} as Sample)
  return {
    name: stored.name,
    description: stored.description,
    startedAt: stored.startedAt,
    events: stored.events,
    samples,
  }
}

export function withoutRepeats(samples: readonly Sample[]): StoredSequence['samples'] {
  return samples.map((sample, index) => {
    const before = samples[index - 1]
    if (before === undefined) return sample
    const changed = Object.entries(sample).filter(
      ([part, value]) => part === 'atMs' || JSON.stringify(value) !== JSON.stringify(before[part as keyof Sample]),
    )
    return {atMs: sample.atMs, ...(Object.fromEntries(changed) as Partial<Sample>)}
  })
}
