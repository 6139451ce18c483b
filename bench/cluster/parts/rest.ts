import {setTimeout} from 'node:timers/promises'
import type {Figure} from '../figures.ts'
import {startOurs} from '../ours.ts'
import type {Part} from '../part.ts'
import {memoryOf} from '../process-tree.ts'
import {startTheirs} from '../theirs.ts'

const afterMs = 10_000
const barMb = 120

/** Memory of a cluster that has just begun and has nothing to do. */
export const rest: Part = {
  summary: 'memory at rest',
  run: async bench => {
    const theirs = bench.compare ? await theirMemory() : null
    const figures: Figure[] = []
    for (const memory of [true, false]) {
      const cluster = await startOurs(bench, {memory, withSample: true})
      try {
        await setTimeout(afterMs)
        const place = memory ? 'memory' : 'disk'
        const {rssMb} = memoryOf([cluster.pid])
        figures.push({figure: `RSS at rest, ${place}`, unit: 'MB', ours: rssMb, theirs, bar: {atMost: barMb}})
      } finally {
        await cluster.stop()
      }
    }
    return {figures, remarks: [`At rest: ${afterMs / 1000} s after the start, without a request since.`]}
  },
}

async function theirMemory(): Promise<number> {
  const {cluster, pids} = await startTheirs()
  try {
    await setTimeout(afterMs)
    return memoryOf(pids).rssMb
  } finally {
    await cluster.stop()
  }
}
