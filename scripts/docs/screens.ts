/**
 * Shows the dashboard of a scripted cluster at a fixed time, and prints its screens as one JSON object of texts by name.
 * Bundled and run by `dashboard-page.ts`.
 */
import {PassThrough} from 'node:stream'
import {setTimeout as pause} from 'node:timers/promises'
import {BiomajClient} from '../../src/api/client.js'
import {Secret} from '../../src/shared/secret.js'
import type {ClusterChoice} from '../../src/ui/host.js'
import {readBoardOnce} from '../../src/ui/once/read-board-once.js'
import {openLinear} from '../../src/ui/screen-reader/open-linear.js'
import {ManualClock, type ShownDashboard, showDashboard} from '../../test/support/dashboard/index.js'
import {FakeForeground} from '../../test/support/foreground.js'
import type {ScriptedCluster} from '../../test/support/scripted-cluster/index.js'
import {until} from '../../test/support/until.js'
import {now, startBusyCluster} from '../../test/ui/views/busy-cluster.js'

const quietMs = 150
const cluster = await startBusyCluster()
const choice = ({url}: ScriptedCluster): ClusterChoice => ({
  name: 'prod',
  url: 'https://biomaj.example.org/',
  user: 'jane',
  readOnly: false,
  connect: async () => new BiomajClient({url: new URL(url), apiKey: new Secret('JANEKEY001')}),
})
cluster.bank('alu').log = [
  'Workflow:Start:postprocess',
  'Workflow:wf_postprocess',
  'PROC:POST:BLOCK:BLOCK1',
  'PROC:META:RUN:AFTER',
  'PROC:META:RUN:PROCESS:POST_index',
  'PROCESS:RUN:AFTER_POST_index',
  'PROCESS:RESULT:AFTER_POST_index:True',
  'PROC:META:RUN:PROCESS:POST_stats',
  'PROCESS:RUN:AFTER_POST_stats',
].map((text, second) => `2026-11-21 11:59:${String(40 + second)},000 INFO  [root][MainThread] ${text}`)

const screens: Record<string, string> = {}
await inScreen({columns: 80, rows: 24}, async shown => {
  await shown.shows('4 banks')
  await take('overview 80x24', shown)
  shown.press(':')
  await shown.shows('Find')
  shown.press('f', 'r')
  await shown.shows('freeze')
  await take('palette', shown)
})
await inScreen({columns: 120, rows: 40}, async shown => {
  await shown.shows('4 banks')
  await take('overview 120x40', shown)
})
await inScreen({columns: 80, rows: 16}, async shown => {
  await shown.shows('4 banks')
  shown.press('b')
  await shown.shows('swissprot')
  shown.press('/', 'p', 'r', 'o', 't')
  await shown.shows('prot▏')
  await take('banks', shown)
})
await inScreen({columns: 80, rows: 24}, async shown => {
  await openAlu(shown)
  await take('bank', shown)
  shown.press('F')
  await shown.shows('⏎ freeze')
  await take('freeze', shown)
  shown.press('escape')
  await shown.showsNoLonger('Freeze: alu')
  shown.press('L')
  await shown.shows('log of alu')
  await shown.shows('PROCESS:RUN:AFTER_POST_stats')
  await take('log', shown)
})
await inScreen({columns: 40, rows: 10}, async shown => {
  await shown.shows('genbank')
  await take('overview 40x10', shown)
})
await inScreen({columns: 80, rows: 24}, async shown => {
  await shown.shows('4 banks')
  await cluster.stop()
  await shown.clock.advance(2000)
  await shown.shows('lost')
  await passSeconds(7, shown)
  await take('lost', shown)
  await cluster.start()
})
screens['once'] = await textOnce()
screens['screen-reader'] = await spoken()
await cluster.stop()
process.stdout.write(`${JSON.stringify(screens)}\n`)

async function inScreen(
  size: {columns: number; rows: number},
  act: (shown: ShownDashboard) => Promise<void>,
): Promise<void> {
  const shown = showDashboard({url: cluster.url, now, host: {cluster: choice(cluster)}, ...size})
  try {
    await act(shown)
  } finally {
    await shown.stop()
  }
}

async function openAlu(shown: ShownDashboard): Promise<void> {
  await shown.shows('4 banks')
  shown.press('b')
  await shown.shows('› alu')
  shown.press('enter')
  await shown.shows(/Releases 2/)
  await shown.shows(/This run[^]*postprocess/)
}

/** When nothing was drawn for a while: what was waited for may stand there before the rest of its frame. */
async function take(name: string, shown: ShownDashboard): Promise<void> {
  for (let written = -1; written !== shown.bytesWritten; await pause(quietMs)) written = shown.bytesWritten
  const port = /http:\/\/127\.0\.0\.1:\d{5}/g
  screens[name] = shown
    .rows()
    .map(row => row.replaceAll(port, 'https://biomaj.example').trimEnd())
    .join('\n')
}

/** In steps, so that whoever looks at the clock every second sees each of them. */
async function passSeconds(seconds: number, {clock}: ShownDashboard): Promise<void> {
  for (let second = 0; second < seconds; second++) {
    await clock.advance(1000)
    await pause(quietMs)
  }
}

async function textOnce(): Promise<string> {
  const {signal} = new AbortController()
  const board = await readBoardOnce({cluster: choice(cluster), clock: new ManualClock(), date: () => now, signal})
  return board.text({columns: 80, color: false})
}

async function spoken(): Promise<string> {
  const clock = new ManualClock()
  const ending = new AbortController()
  let said = ''
  const ended = openLinear({
    stdin: new PassThrough() as unknown as NodeJS.ReadStream,
    stdout: {
      write: text => {
        said += text
        return true
      },
      on: () => undefined,
      off: () => undefined,
    },
    foreground: new FakeForeground(),
    clock,
    date: () => new Date(now.getTime() + clock.nowMs() - 1_000_000),
    signal: ending.signal,
    color: false,
    inTmux: false,
    cluster: choice(cluster),
    contexts: {names: () => [], open: () => choice(cluster)},
    intervalMs: 2000,
  })
  await until('all is said', () => said.includes('4 banks'))
  await clock.advance(30_000)
  await until('that nothing is new is said', () => said.includes('Nothing new'))
  ending.abort()
  await ended
  return said.trimEnd()
}
