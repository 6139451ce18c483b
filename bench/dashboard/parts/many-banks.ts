/** 10,000 banks: how long the screen takes after the answer, and after a key. */
import {systemClock} from '../../../src/shared/clock.js'
import {ManualClock} from '../../../test/support/dashboard/manual-clock.js'
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
const rounds = await roundTimes()
tell({
  figures: [
    {figure: '10,000 banks: first paint after the answer, p50', unit: 'ms', value: percentile(paints, 50), atMost: 300},
    {figure: '10,000 banks: work of a round that brings nothing new, p50', unit: 'ms', value: percentile(rounds, 50)},
    {
      figure: '10,000 banks: CPU time for the frame of a move or page, p99',
      unit: 'ms',
      value: percentile(keys.moves.work, 99),
      atMost: 16,
    },
    {
      figure: '10,000 banks: key typed into the filter to frame, p50',
      unit: 'ms',
      value: percentile(keys.typed.frame, 50),
    },
    {
      figure: '10,000 banks: key to frame, p99',
      unit: 'ms',
      value: percentile([...keys.moves.frame, ...keys.typed.frame], 99),
      atMost: 50,
    },
  ],
  remarks: [
    `10,000 banks: ${runs} starts, ${keys.moves.frame.length} moves and pages, ${keys.typed.frame.length} keys typed into the filter.`,
  ],
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

interface Times {
  /** From the key to the end of its frame. */
  frame: number[]
  /** CPU time of the process, which does not depend on what else the machine does. */
  work: number[]
}

async function keyTimes(): Promise<{moves: Times; typed: Times}> {
  const stage = new Stage({client: async () => instantClient(state), clock: systemClock})
  await pause(500)
  stage.press('b')
  await pause(500)
  // Rounds have their own figure.
  stage.press('p')
  await pause(500)
  const moves = await timed('jjjkjjGkkkgjjj\u0004\u0004\u0015jjGg'.repeat(6))
  const typed = await timed('/bank_09\u007F\u007F123\u007F\u007F\u007F\u007F\r'.repeat(8))
  await stage.stop()
  return {moves, typed}

  async function timed(keys: string): Promise<Times> {
    const times: Times = {frame: [], work: []}
    for (const key of keys) {
      await pause(keyPauseMs)
      const before = process.cpuUsage()
      const beforeMs = performance.now()
      const written = stage.output.nextWrite()
      stage.press(key)
      const atMs = await Promise.race([written, pause(400).then(() => undefined)])
      // A key that changes nothing draws nothing.
      if (atMs === undefined) continue
      const {user, system} = process.cpuUsage(before)
      times.frame.push(atMs - beforeMs)
      times.work.push((user + system) / 1000)
    }
    return times
  }
}

/** With answers that are others each time, as those of a network are. */
async function roundTimes(): Promise<number[]> {
  const clock = new ManualClock()
  const stage = new Stage({client: async () => instantClient(state), clock})
  await pause(500)
  const times: number[] = []
  for (let round = 0; round < 30; round++) {
    state.banks = structuredClone(state.banks)
    await pause(20)
    const before = performance.eventLoopUtilization()
    await clock.advance(15_000)
    await pause(100)
    times.push(performance.eventLoopUtilization(before).active)
  }
  await stage.stop()
  return times
}
