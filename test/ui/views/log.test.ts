import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {type ShownDashboard, showDashboard} from '../../support/dashboard/index.js'
import {
  aBank,
  type ScriptedBank,
  type ScriptedCluster,
  startScriptedCluster,
} from '../../support/scripted-cluster/index.js'
import {until} from '../../support/until.js'
import {updateFlow} from '../../support/scripted-cluster/state.js'

let cluster: ScriptedCluster
let dashboard: ShownDashboard | undefined

beforeEach(async () => {
  cluster = await startScriptedCluster({banks: [ranBank('alu', aLog(1, 40))]})
})

afterEach(async () => {
  await dashboard?.stop()
  dashboard = undefined
  await cluster.stop()
})

function ranBank(name: string, log: string[]): ScriptedBank {
  return aBank(name, {
    status: {
      logFile: '/log',
      session: 1,
      steps: new Map(updateFlow.map(step => [step, true])),
      processes: new Map(),
    },
    log,
  })
}

function logRequests(): number {
  return cluster.requests.filter(({path}) => path.includes('/log')).length
}

function aLog(from: number, to: number): string[] {
  return Array.from({length: to - from + 1}, (_, index) => logLine(`line ${from + index}.`))
}

function logLine(text: string, level = 'INFO '): string {
  return `2026-11-21 09:17:38,830 ${level} [root][MainThread] ${text}`
}

async function showLog({columns = 80, rows = 24} = {}): Promise<ShownDashboard> {
  const shown = showDashboard({url: cluster.url, columns, rows})
  dashboard = shown
  await shown.shows('● live')
  shown.press('b')
  await shown.shows('STATE')
  shown.press('L')
  await shown.shows('Log')
  return shown
}

describe('the log of a bank', () => {
  it('shows the newest lines and follows what is written', async () => {
    const shown = await showLog({rows: 12})
    await shown.shows('line 40.')
    expect(shown.view()).toMatchInlineSnapshot(`
      " Log  2026-11-21 ─────────────────────────────────────────────── ▼ follows  <2s
       09:17:38   line 33.
       09:17:38   line 34.
       09:17:38   line 35.
       09:17:38   line 36.
       09:17:38   line 37.
       09:17:38   line 38.
       09:17:38   line 39.
       09:17:38   line 40."
    `)
    cluster.bank('alu').log?.push(logLine('line 41.'))
    await shown.clock.advance(1000)
    const screen = await shown.shows('line 41.')
    expect(screen).not.toContain('line 33.')
    expect(screen).toContain('▼ follows')
  })

  it('stays where somebody reads while more is written, and tells how much', async () => {
    const shown = await showLog({rows: 12})
    await shown.shows('line 40.')
    shown.press('k', 'k')
    await shown.shows('line 31.')
    const before = shown.rows().slice(3, -1)
    cluster.bank('alu').log?.push(...aLog(41, 52))
    await shown.clock.advance(1000)
    await shown.shows('+12 new')
    expect(shown.rows().slice(3, -1)).toEqual(before)
    shown.press('f')
    expect(await shown.shows('line 52.')).toContain('▼ follows')
  })

  it('follows again when one comes back to the end', async () => {
    const shown = await showLog({rows: 12})
    await shown.shows('line 40.')
    shown.press('k')
    await shown.shows('‖ stands')
    shown.press('j')
    expect(await shown.shows('▼ follows')).toContain('line 40.')
  })

  it('searches, goes from match to match, and shows only matches', async () => {
    cluster.bank('alu').log?.splice(4, 1, logLine('needle one'))
    cluster.bank('alu').log?.splice(30, 1, logLine('Needle two'))
    const shown = await showLog({rows: 12})
    await shown.shows('line 40.')
    shown.press('/', 'n', 'e', 'e', 'd', 'l', 'e', 'enter')
    await shown.shows('2 of 2 lines')
    expect(shown.screen()).toContain('Needle two')
    shown.press('N')
    await shown.shows('1 of 2 lines')
    expect(shown.screen()).toContain('needle one')
    shown.press('n')
    await shown.shows('2 of 2 lines')
    shown.press('&')
    await shown.shows('only these')
    expect(
      shown
        .rows()
        .slice(4, -1)
        .filter(row => row !== ''),
    ).toEqual([' 09:17:38   needle one', ' 09:17:38   Needle two'])
    shown.press('escape')
    await shown.showsNoLonger('only these')
    expect(shown.screen()).toContain('log of alu')
  })

  it('marks errors by more than colour, and keeps what continues them', async () => {
    cluster.bank('alu').log = [
      logLine('It went wrong', 'ERROR'),
      'Traceback (most recent call last):',
      logLine('Mind the gap', 'WARNI'),
      logLine('Workflow:Start:init'),
    ]
    const shown = await showLog({rows: 10})
    await shown.shows('It went wrong')
    expect(shown.rows().slice(3, 7)).toEqual([
      ' 09:17:38 ✗ It went wrong',
      '          ✗ Traceback (most recent call last):',
      ' 09:17:38 ! Mind the gap',
      ' 09:17:38 › Workflow:Start:init',
    ])
  })

  it('wraps long lines until told not to', async () => {
    cluster.bank('alu').log = [logLine(`${'word '.repeat(20)}end`)]
    const shown = await showLog({rows: 10})
    await shown.shows('end')
    shown.press('w')
    await shown.showsNoLonger('end')
    expect(shown.screen()).toMatch(/word wo…$/m)
  })

  it('marks where another run begins', async () => {
    const shown = await showLog({rows: 14})
    await shown.shows('line 40.')
    cluster.bank('alu').log = [logLine('a fresh start')]
    await shown.clock.advance(1000)
    expect(await shown.shows('a fresh start')).toMatch(/line 40\.\n ─+ a new run ─+\n 09:17:38 {3}a fresh start/)
  })

  it('cannot be moved or faked by what is in it', async () => {
    cluster.bank('alu').log = [
      logLine('\u001B[2J\u001B[H\u001B[31mred\u0007'),
      logLine('right\u202Eleft'),
      logLine('one\rtwo'),
    ]
    const shown = await showLog({rows: 10})
    await shown.shows('red')
    expect(shown.rows().slice(3, 6)).toEqual([' 09:17:38   red', ' 09:17:38   rightleft', ' 09:17:38   onetwo'])
  })

  it('keeps what it has when the cluster goes, says so, and goes on when it is back', async () => {
    const shown = await showLog({rows: 14})
    await shown.shows('line 40.')
    await cluster.stop()
    await shown.clock.advance(1000)
    await shown.shows('? ')
    expect(shown.screen()).toContain('line 40.')
    cluster.bank('alu').log?.push(logLine('line 41.'))
    await cluster.start()
    await until('the log goes on', async () => {
      await shown.clock.advance(1000)
      return shown.screen().includes('line 41.')
    })
  })

  it('is asked for only while it is seen', async () => {
    const shown = await showLog({rows: 12})
    await shown.shows('line 40.')
    shown.press('escape')
    await shown.shows('STATE')
    const before = logRequests()
    await shown.clock.advance(20_000)
    expect(logRequests()).toBe(before)
  })

  it('says why there is none, and shows it as soon as there is one', async () => {
    const {status} = cluster.bank('alu')
    cluster.bank('alu').status = undefined
    const shown = await showLog({rows: 12})
    await shown.shows('This bank has no log yet')
    cluster.bank('alu').status = status
    await until('the log is there', async () => {
      await shown.clock.advance(1000)
      return shown.screen().includes('line 40.')
    })
    expect(shown.screen()).not.toContain('no log yet')
  })

  it('has no times on a narrow screen', async () => {
    const shown = await showLog({columns: 40, rows: 10})
    await shown.shows('line 40.')
    expect(shown.view()).toMatchInlineSnapshot(`
      " Log  2026-11-21 ─────── ▼ follows  <2s
         line 35.
         line 36.
         line 37.
         line 38.
         line 39.
         line 40."
    `)
  })
})
