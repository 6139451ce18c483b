/** A day at an interval of 2 s: 43,200 rounds, each of which changes the screen. */
import {ManualClock} from '../../../test/support/dashboard/manual-clock.js'
import {tell} from '../figures.js'
import {instantClient, manyBanks} from '../instant-client.js'
import {Stage} from '../stage.js'

const rounds = 43_200
const state = {banks: manyBanks(200), failed: ['bank_00003'], waiting: ['bank_00001']}
const clock = new ManualClock()
const stage = new Stage({client: async () => instantClient(state), clock})
const turn = async () => new Promise(resolve => void setImmediate(resolve))

const samples: Array<{frames: number; heapMb: number; rssMb: number}> = []
for (let round = 0; round <= rounds; round++) {
  state.waiting = Array.from(
    {length: 1 + (round % 7)},
    (_, index) => `bank_${String((round + index) % 200).padStart(5, '0')}`,
  )
  await clock.advance(2000)
  // The frame is drawn a millisecond later at most.
  const before = stage.output.frames
  for (let wait = 0; wait < 20 && stage.output.frames === before; wait++) await turn()
  if (round % 7200 === 0) sample()
}
await stage.stop()

function sample(): void {
  for (let times = 0; times < 3; times++) globalThis.gc?.()
  const {heapUsed, rss} = process.memoryUsage()
  samples.push({frames: stage.output.frames, heapMb: heapUsed / 1e6, rssMb: rss / 1e6})
}

// The first sixth fills what the engine keeps for short-lived things.
const [begin, warm, last] = [samples[1], samples[2], samples.at(-1)]
if (begin === undefined || warm === undefined || last === undefined) throw new Error('No samples')
const tenThousands = (last.frames - warm.frames) / 10_000
tell({
  figures: [
    {figure: 'a simulated day: frames', unit: 'frames', value: last.frames},
    {figure: 'a simulated day: memory of the process at its end', unit: 'MB', value: last.rssMb},
    {
      figure: 'a simulated day: growth of the memory of the process after a sixth of it',
      unit: 'MB',
      value: Math.max(0, last.rssMb - begin.rssMb),
      atMost: 10,
    },
    {
      figure: 'a simulated day: growth of the heap in 10,000 frames',
      unit: 'MB',
      value: Math.max(0, (last.heapMb - warm.heapMb) / tenThousands),
      atMost: 1,
    },
  ],
  remarks: [
    `A simulated day: ${samples.map(({frames, rssMb, heapMb}) => `${frames} frames ${rssMb.toFixed(0)} MB (heap ${heapMb.toFixed(1)})`).join(', ')}.`,
  ],
})
