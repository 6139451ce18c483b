/** What is written to the terminal and asked of the cluster, with a clock that is moved. */
import {ManualClock} from '../../../test/support/dashboard/manual-clock.js'
import {aBank, aRelease, startScriptedCluster} from '../../../test/support/scripted-cluster/index.js'
import {BiomajClient} from '../../../src/api/client.js'
import {Secret} from '../../../src/shared/secret.js'
import {startCountingProxy} from '../counting-proxy.js'
import {percentile, tell} from '../figures.js'
import {Stage} from '../stage.js'

const pause = async (ms: number) => new Promise(resolve => void setTimeout(resolve, ms))
const quietMs = 150
const ticks = 40

const cluster = await startScriptedCluster({
  banks: Array.from({length: 5}, (_, index) => aBank(`bank${index}`, {releases: [aRelease('2026-01')]})),
})
const proxy = await startCountingProxy(cluster.url)
const clock = new ManualClock()
const client = async () => new BiomajClient({url: new URL(proxy.url), apiKey: new Secret('JANEKEY001')})
const stage = new Stage({client, clock})
await pause(1000)

// Until rounds are as far apart as they get.
for (let round = 0; round < 20; round++) await quietRound()
const still = {bytes: stage.output.bytes, requests: proxy.counted.requests}
for (let round = 0; round < 4; round++) await quietRound()
const unchanged = stage.output.bytes - still.bytes
const idleRequests = proxy.counted.requests - still.requests

async function quietRound(): Promise<void> {
  await clock.advance(15_000)
  await pause(quietMs)
}

const changed: number[] = []
const rounds: Array<{requests: number; bytes: number}> = []
for (let tick = 0; tick < ticks; tick++) {
  cluster.state.queue = Array.from({length: 2}, (_, index) => ({
    action: 'update' as const,
    bank: `bank${(tick + index) % 5}`,
    user: 'jane',
    release: null,
    options: {},
    requestedAt: 1,
  }))
  const before = stage.output.bytes
  const asked = {...proxy.counted}
  await clock.advance(2000)
  await pause(quietMs)
  changed.push(stage.output.bytes - before)
  rounds.push({requests: proxy.counted.requests - asked.requests, bytes: proxy.counted.bytes - asked.bytes})
}

const storm = {frames: stage.output.frames, bytes: stage.output.bytes}
for (let step = 0; step < 100; step++) {
  stage.output.resize(80 + (step % 40), 24 + (step % 16))
  await pause(6)
}
await pause(300)
const {frames, bytes} = stage.output
await stage.stop()
await proxy.stop()
await cluster.stop()

const perRound = percentile(
  rounds.map(({requests}) => requests),
  50,
)
tell({
  figures: [
    {figure: 'bytes written for a changed round at 80x24, p50', unit: 'B', value: percentile(changed, 50), atMost: 300},
    {figure: 'bytes written for a changed round at 80x24, most', unit: 'B', value: Math.max(...changed)},
    {figure: 'bytes written in a minute without a change', unit: 'B', value: unchanged, atMost: 0},
    {figure: '100 resizes in 0.6 s: frames', unit: 'frames', value: frames - storm.frames, atMost: 12},
    {figure: '100 resizes in 0.6 s: written', unit: 'kB', value: (bytes - storm.bytes) / 1000, atMost: 30},
    {figure: 'requests in a round of the overview', unit: '', value: perRound},
    {figure: 'requests in a minute while something happens', unit: 'per min', value: perRound * 30},
    {figure: 'requests in a minute while nothing happens', unit: 'per min', value: idleRequests},
    {
      figure: 'bytes of answers in a round, five banks, p50',
      unit: 'B',
      value: percentile(
        rounds.map(round => round.bytes),
        50,
      ),
    },
  ],
})
