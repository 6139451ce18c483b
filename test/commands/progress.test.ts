import {PassThrough} from 'node:stream'
import {expect, it} from 'vitest'
import {Io} from '../../src/cli/io.js'
import {progressView} from '../../src/cli/terminal/progress.js'
import type {Runtime} from '../../src/cli/runtime.js'
import type {Mark} from '../../src/presentation/text.js'

const mark = (word: string): Mark => ({symbol: '●', word, tone: 'busy'})

async function inPipe() {
  const stderr = new PassThrough()
  const clock = {ms: 0}
  const runtime = {env: {}, stderr, stdout: new PassThrough(), clock: {nowMs: () => clock.ms}} as unknown as Runtime
  const io = new Io(runtime, {json: false, quiet: false, debug: false, noColor: false, noInput: false})
  const view = await progressView(runtime, io, '')
  return {view, clock, text: () => String(stderr.read() ?? '')}
}

it('says once a minute that it still waits', async () => {
  const {view, clock, text} = await inPipe()
  for (clock.ms = 0; clock.ms <= 150_000; clock.ms += 15_000) view.set('alu', mark('download'))
  expect(text()).toBe('alu: download\nalu: still download\nalu: still download\n')
})

it('says so in one line for many banks, without those that are over', async () => {
  const {view, clock, text} = await inPipe()
  const banks = ['a', 'b', 'c', 'd', 'e']
  for (const bank of banks) view.set(bank, mark('queued'))
  view.over('a', mark('updated'))
  text()
  clock.ms = 60_000
  for (const bank of banks.slice(1)) view.set(bank, mark('queued'))
  expect(text()).toBe('still waiting for 4 banks: b, c, d, …\n')
})
