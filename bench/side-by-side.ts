import {spawn} from 'node:child_process'
import {performance} from 'node:perf_hooks'

/** A program as somebody starts it. */
export interface Timed {
  label: string
  command: string
  args: readonly string[]
  env: Readonly<Record<string, string>>
}

/** Ours beside theirs. */
export interface Pair {
  theirs: Timed
  ours: Timed
  /** Largest ratio of the medians, ours to theirs, that is good enough; none where the two do not do the same. */
  bar?: number
}

export interface Times {
  label: string
  medianMs: number
  minMs: number
}

export interface Comparison {
  theirs: Times
  ours: Times
  ratio: number
  bar: number | null
  verdict: 'ok' | 'missed' | 'no bar'
}

/**
 * Times both programs of a pair from start to end, in turns, so that whatever else the machine does meets both alike.
 *
 * @throws {Error} when a program fails: the time of a failure says nothing
 */
export async function compare(
  {theirs, ours, bar}: Pair,
  {runs, warmUps}: {runs: number; warmUps: number},
): Promise<Comparison> {
  const times = {theirs: [] as number[], ours: [] as number[]}
  for (let run = -warmUps; run < runs; run += 1) {
    const [first, second] = [await wallMs(theirs), await wallMs(ours)]
    if (run < 0) continue
    times.theirs.push(first)
    times.ours.push(second)
  }
  const compared = {theirs: summary(theirs.label, times.theirs), ours: summary(ours.label, times.ours)}
  const ratio = compared.ours.medianMs / compared.theirs.medianMs
  const verdict = bar === undefined ? 'no bar' : ratio <= bar ? 'ok' : 'missed'
  return {...compared, ratio, bar: bar ?? null, verdict}
}

async function wallMs({label, command, args, env}: Timed): Promise<number> {
  const started = performance.now()
  const child = spawn(command, args, {env, stdio: ['ignore', 'pipe', 'pipe']})
  const said: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => said.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk))
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  const elapsed = performance.now() - started
  if (code !== 0) throw new Error(`${label} ended with ${String(code)}:\n${Buffer.concat(said).toString()}`)
  return elapsed
}

function summary(label: string, times: readonly number[]): Times {
  const sorted = times.toSorted((one, other) => one - other)
  const middle = sorted.length / 2
  const [low = 0, high = 0] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]]
  return {label, medianMs: (low + high) / 2, minMs: sorted[0] ?? 0}
}
