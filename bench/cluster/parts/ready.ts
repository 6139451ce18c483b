import type {Figure, Findings} from '../figures.ts'
import {median, percentile} from '../figures.ts'
import {startOurs} from '../ours.ts'
import type {Bench, Part} from '../part.ts'
import {startTheirs} from '../theirs.ts'

const starts = 20
const theirStarts = 5

/** From the start of the program to its first answer. Each cluster is new. */
export const ready: Part = {
  summary: 'from the start of the program to the first answer',
  run: async bench => {
    // The first start of a version compiles it; the later ones read what Node has kept.
    const first = await startedIn(bench, true)
    const figures: Figure[] = [
      {figure: 'ready for the first time after installing, memory', unit: 'ms', ours: first, theirs: null, bar: null},
    ]
    const theirs = bench.compare ? await theirTimes() : null
    for (const [place, memory, atMost] of [
      ['memory', true, 1000],
      ['disk', false, 1500],
    ] as const) {
      const times: number[] = []
      for (let start = 0; start < starts; start++) times.push(await startedIn(bench, memory))
      figures.push(
        {figure: `ready, ${place}, median of ${starts}`, unit: 'ms', ours: median(times), theirs, bar: null},
        {
          figure: `ready, ${place}, p95 of ${starts}`,
          unit: 'ms',
          ours: percentile(times, 95),
          theirs: null,
          bar: {atMost},
        },
      )
    }
    return {figures, remarks: theirs === null ? [] : [remark]} satisfies Findings
  },
}

const remark =
  `Ready: theirs is the median of ${theirStarts} starts of the launcher, which starts all services at once on this ` +
  'machine, with stand-ins for MongoDB, Consul and the proxy; a deployment takes longer. For information.'

async function startedIn(bench: Bench, memory: boolean): Promise<number> {
  const cluster = await startOurs(bench, {memory, withSample: true})
  await cluster.stop()
  return cluster.readyMs
}

async function theirTimes(): Promise<number> {
  const times: number[] = []
  for (let start = 0; start < theirStarts; start++) {
    const started = performance.now()
    const {cluster} = await startTheirs()
    await cluster.request({path: '/api/daemon/version'})
    times.push(performance.now() - started)
    await cluster.stop()
  }
  return median(times)
}
