/** 10,000 banks: how long the screen takes after the answer, and after a key. */
import {systemClock} from '../../../src/shared/clock.js'
import {percentile, tell} from '../figures.js'
import {instantClient, manyBanks} from '../instant-client.js'
import {Stage} from '../stage.js'

const keyPauseMs = 60
const runs = 10
const state = {banks: manyBanks(10_000), failed: ['bank_00003'], waiting: []}
const pause = async (ms: number) => new Promise(resolve => void setTimeout(resolve, ms))

const paints: number[] = []
for (let run = 0; run < runs; run++) paints.push(await firstPaint())
const keys = await keyTimes()
tell({
  figures: [
    {figure: '10,000 banks: first paint after the answer, p50', unit: 'ms', value: percentile(paints, 50), atMost: 300},
    {figure: '10,000 banks: work for a key, p99', unit: 'ms', value: percentile(keys.work, 99), atMost: 16},
    {figure: '10,000 banks: key to frame, p50', unit: 'ms', value: percentile(keys.frame, 50)},
    {figure: '10,000 banks: key to frame, p99', unit: 'ms', value: percentile(keys.frame, 99), atMost: 50},
  ],
  remarks: [`10,000 banks: ${runs} starts, ${keys.frame.length} keys: moves, pages, and a filter that is typed.`],
})

async function firstPaint(): Promise<number> {
  const {promise: answered, resolve: answer} = Promise.withResolvers<void>()
  const stage = new Stage({
    client: async () => {
      await answered
      return instantClient(state)
    },
    clock: systemClock,
  })
  await pause(200)
  stage.press('b')
  await pause(200)
  const beforeMs = performance.now()
  const {frames} = stage.output
  answer()
  while (stage.output.frames === frames) await stage.output.nextWrite()
  const {lastAtMs} = stage.output
  await stage.stop()
  return lastAtMs - beforeMs
}

async function keyTimes(): Promise<{frame: number[]; work: number[]}> {
  const stage = new Stage({client: async () => instantClient(state), clock: systemClock})
  await pause(500)
  stage.press('b')
  await pause(500)
  const frame: number[] = []
  const work: number[] = []
  const moves = 'jjjkjjGkkkgjjj\u0004\u0004\u0015jjGg'
  const filter = '/bank_09\u007F\u007F123\u007F\u007F\u007F\u007F\r'
  for (const key of [...moves.repeat(6), ...filter.repeat(8)].values()) {
    await pause(keyPauseMs)
    const before = performance.eventLoopUtilization()
    const beforeMs = performance.now()
    const written = stage.output.nextWrite()
    stage.press(key)
    const atMs = await Promise.race([written, pause(400).then(() => undefined)])
    // A key that changes nothing draws nothing.
    if (atMs === undefined) continue
    frame.push(atMs - beforeMs)
    work.push(performance.eventLoopUtilization(before).active)
  }
  await stage.stop()
  return {frame, work}
}
