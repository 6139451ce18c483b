/** The built program in a terminal: how soon its first frame is there, and what it costs while nothing and much happens. */
import {readFileSync} from 'node:fs'
import {mkdtemp, rm} from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import {spawn, type IPty} from '@lydell/node-pty'
import {aBank, aRelease, startScriptedCluster} from '../../../test/support/scripted-cluster/index.js'
import {percentile, tell} from '../figures.js'

const [root = '.', starts = '15', seconds = '20'] = process.argv.slice(2)
const watchMs = Number(seconds) * 1000
// Rounds come further apart while nothing happens: a minute has some of each.
const idleMs = 60_000
const linesPerSecond = 5000
const clockTicksPerSecond = 100
const endOfFrame = '\u001B[?2026l'
const pause = async (ms: number) => new Promise(resolve => void setTimeout(resolve, ms))

const home = await mkdtemp(path.join(os.tmpdir(), 'biomaj-bench-'))
const cluster = await startScriptedCluster({
  banks: Array.from({length: 5}, (_, index) => aBank(`bank${index}`, {releases: [aRelease('2026-01')]})),
})

try {
  const first: number[] = []
  for (let start = -3; start < Number(starts); start++) {
    const session = open()
    const atMs = await session.drawn
    if (start >= 0) first.push(atMs)
    await session.quit()
  }
  const quiet = open()
  await quiet.shows('live')
  await pause(5000)
  const rssMb = memoryMb(quiet.pty.pid)
  const idle = await cpuPercent(quiet.pty.pid, {lastingMs: idleMs})
  const busy = await cpuPercent(quiet.pty.pid, {
    each: round => {
      cluster.state.queue = Array.from({length: 1 + (round % 3)}, () => requestFor('bank1'))
    },
  })
  await quiet.quit()
  const log = await logCpu()
  tell({
    figures: [
      {figure: 'first frame after exec, p50', unit: 'ms', value: percentile(first, 50), atMost: 180},
      {figure: 'first frame after exec, p95', unit: 'ms', value: percentile(first, 95)},
      {figure: 'memory of the process after its start', unit: 'MB', value: rssMb, atMost: 130},
      {figure: 'CPU in a minute in which nothing happens, of a core', unit: '%', value: idle, atMost: 0.6},
      {figure: 'CPU while each round at 2 s changes something, of a core', unit: '%', value: busy},
      {figure: 'CPU while a log grows by 5,000 lines a second, of a core', unit: '%', value: log, atMost: 25},
    ],
    remarks: [`${first.length} starts after 3 to warm up; CPU over ${seconds} s each, but for the minute.`],
  })
} finally {
  await cluster.stop()
  await rm(home, {recursive: true, force: true})
}

function requestFor(bank: string) {
  return {action: 'update' as const, bank, user: 'jane', release: null, options: {}, requestedAt: 1}
}

interface Session {
  pty: IPty
  /** Time from exec to the end of the first frame. */
  drawn: Promise<number>
  shows(text: string): Promise<void>
  quit(): Promise<void>
}

function open(): Session {
  const startedMs = performance.now()
  const {promise: drawn, resolve: onDrawn} = Promise.withResolvers<number>()
  const {promise: exited, resolve: onExit} = Promise.withResolvers<void>()
  const pty = spawn(process.execPath, [path.join(root, 'bin/run.js'), 'dashboard'], {
    cols: 80,
    rows: 24,
    cwd: home,
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: home,
      TERM: 'xterm-256color',
      BIOMAJ_PROXY: cluster.url,
      BIOMAJ_APIKEY: 'JANEKEY001',
    },
  })
  let text = ''
  pty.onData(data => {
    text = (text + data).slice(-100_000)
    if (text.includes(endOfFrame)) onDrawn(performance.now() - startedMs)
  })
  pty.onExit(() => onExit())
  return {
    pty,
    drawn,
    async shows(wanted) {
      for (const deadlineMs = performance.now() + 20_000; !text.includes(wanted); await pause(20)) {
        if (performance.now() > deadlineMs) throw new Error(`The dashboard does not show "${wanted}":\n${text}`)
      }
    },
    async quit() {
      pty.write('q')
      await exited
    },
  }
}

function memoryMb(pid: number): number {
  const [, kb = '0'] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return (Number(kb) * 1024) / 1e6
}

function cpuTicks(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return Number(fields[11]) + Number(fields[12])
}

/** Share of a core that the process takes; `each` is called every two seconds. */
async function cpuPercent(
  pid: number,
  {lastingMs = watchMs, each = () => undefined}: {lastingMs?: number; each?: (round: number) => void} = {},
): Promise<number> {
  const before = cpuTicks(pid)
  const startedMs = performance.now()
  for (let round = 0; performance.now() - startedMs < lastingMs; round++) {
    each(round)
    await pause(2000)
  }
  const tookMs = performance.now() - startedMs
  return ((cpuTicks(pid) - before) / clockTicksPerSecond / (tookMs / 1000)) * 100
}

async function logCpu(): Promise<number> {
  const bank = cluster.bank('bank0')
  cluster.state.queue.push(requestFor('bank0'))
  cluster.script('bank0', {kind: 'updated', release: '2'})
  cluster.state.queue = cluster.state.queue.filter(({bank: name}) => name === 'bank0')
  for (let step = 0; bank.log === undefined && step < 20; step++) cluster.advance()
  const session = open()
  await session.shows('live')
  session.pty.write('b')
  await session.shows('bank0')
  session.pty.write('L')
  let written = 0
  const startedMs = performance.now()
  const growing = setInterval(() => {
    const wanted = ((performance.now() - startedMs) / 1000) * linesPerSecond
    bank.log ??= []
    for (; written < wanted; written++)
      bank.log.push(`2026-11-21 12:00:00,${written} INFO line ${written} of a log that grows and grows`)
    if (bank.log.length > 100_000) bank.log.splice(0, 50_000)
  }, 20)
  try {
    await session.shows('of a log that grows')
    await pause(2000)
    return await cpuPercent(session.pty.pid)
  } finally {
    clearInterval(growing)
    await session.quit()
  }
}
