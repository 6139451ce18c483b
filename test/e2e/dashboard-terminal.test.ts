/** What the dashboard does to the terminal, whatever ends or interrupts it. */
import {existsSync, readFileSync} from 'node:fs'
import {writeFile} from 'node:fs/promises'
import path from 'node:path'
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, it} from 'vitest'
import {spawnInTerminal} from '../support/pty/index.js'
import {aBank, aRelease, startScriptedCluster} from '../support/scripted-cluster/index.js'
import type {ScriptedCluster} from '../support/scripted-cluster/index.js'
import {until} from '../support/until.js'
import {DashboardScene, modesLeft} from './dashboard-scene.js'

let scene: DashboardScene
let cluster: ScriptedCluster

beforeAll(async () => {
  scene = await DashboardScene.begin()
})

beforeEach(async () => {
  cluster = await startScriptedCluster({
    banks: [aBank('alu', {releases: [aRelease('2026-01')], current: 1_767_322_800}), aBank('swissprot')],
  })
})

afterEach(async () => {
  await scene.stop()
  await cluster.stop()
})

afterAll(async () => scene.stop())

describe('the terminal is as before', () => {
  it('after q, with exit 0', async () => {
    const session = await scene.open({url: cluster.url})
    expect(session.alternateScreen).toBe(true)
    session.type('q')
    expect(await session.waitForExit()).toEqual({code: 0, signal: 0})
    expect([modesLeft(session.raw), session.alternateScreen]).toEqual([[], false])
    expect(session.screen().join('')).toBe('')
  })

  it('after Ctrl-C, also while a filter is typed, with exit 130', async () => {
    const session = await scene.open({url: cluster.url})
    session.type('b')
    await session.waitForText('swissprot')
    session.type('/s')
    await session.waitForText('/ s')
    session.press('ctrl+c')
    expect((await session.waitForExit()).code).toBe(130)
    expect(modesLeft(session.raw)).toEqual([])
  })

  it.each(['SIGTERM', 'SIGHUP'] as const)('after %s, with exit 143', async signal => {
    const session = await scene.open({url: cluster.url})
    session.signal(signal)
    expect((await session.waitForExit()).code).toBe(143)
    expect([modesLeft(session.raw), session.screen().join('')]).toEqual([[], ''])
  })

  it('after a crash: the stack stands on the normal screen, exit 70', async () => {
    const home = await scene.product.newHome()
    const crash = await writeProgram(home, 'throw new Error("broken on purpose")')
    const session = await scene.open({url: cluster.url, home, env: {NODE_OPTIONS: `--require ${crash}`}})
    session.signal('SIGUSR2')
    expect((await session.waitForExit()).code).toBe(70)
    expect([modesLeft(session.raw), session.alternateScreen]).toEqual([[], false])
    const said = session.scrollback().join('\n')
    expect(said).toContain('Error: broken on purpose')
    expect(said).toContain('please report what stands above')
  })
})

describe('stray output', () => {
  it('of libraries and of Node goes to a file, and not onto the screen', async () => {
    const home = await scene.product.newHome()
    const stray = await writeProgram(
      home,
      `console.log('stray log')
       console.error('stray error')
       process.stderr.write('stray write\\n')
       process.emitWarning('stray warning')`,
    )
    const session = await scene.open({url: cluster.url, home, env: {NODE_OPTIONS: `--require ${stray}`}})
    const file = path.join(home, '.local/state/biomaj/dashboard.log')
    session.signal('SIGUSR2')
    await until('the warning is in the file', () => logged(file).includes('stray warning'))
    session.type('q')
    expect((await session.waitForExit()).code).toBe(0)
    expect(logged(file)).toMatch(/stray log\n.*stray error\n.*stray write\n.*stray warning/s)
    expect(session.raw.toString()).not.toContain('stray')
    expect(session.screen().join('\n')).toContain(`Messages of this session are in ${file.slice(0, 20)}`)
  })
})

describe('stopped and continued', () => {
  it('leaves the terminal to the shell on Ctrl-Z, asks nothing, and is back with news on fg', async () => {
    const home = await scene.product.newHome()
    const shell = spawnInTerminal({
      command: '/bin/bash',
      args: ['--norc', '--noprofile', '-i'],
      cwd: home,
      env: {
        PATH: `${path.dirname(process.execPath)}:/usr/bin:/bin`,
        HOME: home,
        PS1: 'shell> ',
        BIOMAJ_PROXY: cluster.url,
        BIOMAJ_APIKEY: 'JANEKEY001',
      },
    })
    try {
      await shell.waitForText('shell>')
      shell.type(`${scene.product.command} dashboard --interval 1s\r`)
      await shell.waitForText(/live, every/, 20_000)
      shell.press('ctrl+z')
      await shell.waitForText('Stopped')
      expect([shell.alternateScreen, modesLeft(shell.raw).filter(mode => mode !== '?2004h')]).toEqual([false, []])
      const asked = cluster.requests.length
      cluster.state.banks.set('trembl', aBank('trembl'))
      shell.type('echo typed-$((20+22))\r')
      await shell.waitForText('typed-42')
      expect(cluster.requests.length).toBe(asked)
      shell.type('fg\r')
      await shell.waitForText(/live, every/)
      await shell.waitForText('3 banks')
      expect(shell.alternateScreen).toBe(true)
      shell.type('q')
      await shell.waitForScreen(() => !shell.alternateScreen)
    } finally {
      await shell.stop()
    }
  })

  it('draws all of the screen again when others stopped it', async () => {
    const session = await scene.open({url: cluster.url})
    const before = session.raw.length
    session.signal('SIGSTOP')
    session.signal('SIGCONT')
    await session.waitForScreen(() => session.raw.subarray(before).toString().includes('BioMAJ'))
    expect(session.alternateScreen).toBe(true)
    session.type('q')
    expect((await session.waitForExit()).code).toBe(0)
    expect(modesLeft(session.raw)).toEqual([])
  })
})

it('draws everything anew on Ctrl-L', async () => {
  const session = await scene.open({url: cluster.url})
  const before = session.raw.length
  session.press('ctrl+l')
  await session.waitForScreen(() => session.raw.subarray(before).toString().includes('BioMAJ'))
  expect((await session.waitForText('Services')).join('\n')).toContain('live, every')
})

it('survives all sizes, and shows one line where there is no room', async () => {
  const session = await scene.open({url: cluster.url})
  const sizes = [
    [1, 1],
    [500, 200],
    [2, 40],
    [300, 1],
    [39, 24],
  ] as const
  for (const [columns, rows] of sizes) {
    const before = session.raw.length
    session.resize(columns, rows)
    // What is drawn for a size is drawn before the next one comes.
    await session.waitForScreen(() => session.raw.length > before)
  }
  // Nothing is left of what the terminal made of the sizes before.
  await session.waitForScreen(screen => /^● .*2 banks$/.test(screen.join('\n').trim()))
  session.resize(80, 24)
  await session.waitForText('Services')
  session.type('q')
  expect((await session.waitForExit()).code).toBe(0)
})

function logged(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8') : ''
}

/** Something that happens in the dashboard's process when it gets SIGUSR2. */
async function writeProgram(home: string, source: string): Promise<string> {
  const file = path.join(home, 'beside.cjs')
  await writeFile(file, `if (process.argv.includes('dashboard')) process.on('SIGUSR2', () => { ${source} })\n`)
  return file
}
