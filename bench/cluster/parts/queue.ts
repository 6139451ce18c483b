import {rm} from 'node:fs/promises'
import path from 'node:path'
import {median} from '../figures.ts'
import type {Curve, Figure} from '../figures.ts'
import type {BankDefinition} from '../../../test/support/real-cluster/banks.ts'
import {bank, takes} from '../../../test/support/real-cluster/banks.ts'
import {startOurs} from '../ours.ts'
import type {Bench, Part} from '../part.ts'
import {runProgram} from '../run-program.ts'

const updates = 10_000
const thousands = updates / 1000
/** Noise stays below this; a queue that looks through all of its jobs would be 2.7 times slower. */
const slowdown = 1.5

/** Ten thousand updates that wait: whether the last ones cost more than the first. */
export const queue: Part = {
  summary: `${updates} updates in the queue`,
  run: async bench => {
    const asked = await askedByThousand(bench)
    bench.say('the queue alone ...')
    const file = path.join(bench.scratch, 'queue.sqlite')
    const {added, taken} = JSON.parse(
      await runProgram('queue-by-thousand', {args: [file, String(updates)], folder: bench.scratch}),
    ) as {
      added: number[]
      taken: number[]
    }
    await rm(file, {force: true})
    const [addedMs, takenMs] = [added, taken].map(times => times.map(us => us / 1000)) as [number[], number[]]
    return {
      figures: [
        growth('request of an update', asked),
        growth('queue: adding a job', addedMs),
        growth('queue: taking a job', takenMs.toReversed()),
      ],
      curves: [
        curve(`requests of updates, answered over HTTP, median of each thousand`, asked),
        curve('queue: adding, median of each thousand', addedMs),
        curve('queue: taking the next, median of each thousand', takenMs),
      ],
      remarks: [
        `Queue: ${updates} banks; the requests go to a cluster in memory, the queue alone is on disk. Slower: of the medians of each thousand, the median of the fuller five over that of the emptier five. Jobs are taken from a full queue down to an empty one.`,
      ],
    }
  },
}

/** The fuller half of the time beside the emptier one: one slow moment of the machine moves neither median far. */
function growth(what: string, times: readonly number[]): Figure {
  const half = thousands / 2
  const ours = median(times.slice(half)) / median(times.slice(0, half))
  const figure = `${what}: slower with 5,000 to ${updates} in the queue than with fewer`
  return {figure, unit: 'times', ours, theirs: null, bar: {atMost: slowdown}}
}

function curve(title: string, times: readonly number[]): Curve {
  return {title, unit: 'ms', points: times.map((value, index) => ({at: `${index + 1},000`, value}))}
}

/** Medians in milliseconds. The only update worker has something else to do all the while. */
async function askedByThousand(bench: Bench): Promise<number[]> {
  // In memory: a disk that others use too would tell of them.
  const cluster = await startOurs(bench, {memory: true, flags: ['--update-workers', '1']})
  try {
    const source = {protocol: 'local', directory: bench.scratch} as const
    const busy: BankDefinition = bank('busy', {source, processes: [{...takes(3600), when: 'pre'}]})
    await cluster.addBank(busy)
    const names = Array.from({length: updates}, (_, number) => `waits${String(number).padStart(5, '0')}`)
    bench.say(`${updates} banks ...`)
    for (const name of names) await cluster.addBank(bank(name, {source}))
    await ask('busy')
    const medians: number[] = []
    for (let thousand = 0; thousand < thousands; thousand++) {
      const times: number[] = []
      for (const name of names.slice(thousand * 1000, (thousand + 1) * 1000)) times.push(await ask(name))
      medians.push(median(times))
    }
    return medians
  } finally {
    await cluster.stop()
  }

  async function ask(name: string): Promise<number> {
    const started = performance.now()
    const {status, text} = await cluster.request({method: 'POST', path: `/api/daemon/bank/${name}`, body: {}})
    if (status !== 200) throw new Error(`The update of ${name} was refused: ${text}`)
    return performance.now() - started
  }
}
