import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {createServer} from 'node:net'
import {afterEach, beforeAll, beforeEach, describe, expect, it} from 'vitest'
import {type InstalledPackage, installedPackage} from '../support/package/index.js'
import type {TerminalSession} from '../support/pty/index.js'
import {aBank, type ScriptedCluster, startScriptedCluster} from '../support/scripted-cluster/index.js'

let biomaj: InstalledPackage
let cluster: ScriptedCluster
let session: TerminalSession | undefined

beforeAll(async () => {
  biomaj = await installedPackage()
})
beforeEach(async () => {
  cluster = await startScriptedCluster({
    banks: [
      aBank('alu', {outcomes: [{kind: 'updated', release: '2026-11', processes: ['M_index', 'M_blast']}]}),
      aBank('pfam'),
    ],
  })
})
afterEach(async () => {
  await session?.stop()
  session = undefined
  await cluster.stop()
})

const env = (more: Record<string, string> = {}) => ({
  BIOMAJ_PROXY: cluster.url,
  BIOMAJ_APIKEY: 'JANEKEY001',
  ...more,
})
const waiting = ['update', '--bank', 'alu,pfam', '--wait', '--poll', '200ms']

async function inTerminal(args: readonly string[] = waiting, more: Record<string, string> = {}) {
  session = await biomaj.terminal(args, {env: env(more)})
  return session
}

/** The lines on the screen that are not empty, with times evened out. */
function screenOf(lines: string[]): string[] {
  return lines.filter(line => line !== '').map(line => line.replaceAll(/(under )?(\d+\.\ds|\b\d+s)/g, '0s'))
}

describe('waiting on a terminal', () => {
  it('shows a line for each bank that changes where it stands, and leaves only the result', async () => {
    const terminal = await inTerminal()
    const queued = await terminal.waitForScreen(screen =>
      /^○ pfam {2}queued, number 2 in line/m.test(screen.join('\n')),
    )
    expect(screenOf(queued)).toMatchInlineSnapshot(`
      [
        "○ alu   queued, next to run  0s",
        "○ pfam  queued, number 2 in line  0s",
        "0s · Ctrl-C stops watching, not the update",
      ]
    `)
    // Into the first process of alu.
    cluster.advance(8)
    const running = await terminal.waitForScreen(screen => /M_index .*\n.*next after alu/.test(screen.join('\n')))
    expect(screenOf(running)).toMatchInlineSnapshot(`
      [
        "● alu   postprocess, M_index (step 7 of 9)  0s",
        "○ pfam  queued, next after alu  0s",
        "0s · Ctrl-C stops watching, not the update",
      ]
    `)
    cluster.finish()
    expect(await terminal.waitForExit()).toEqual({code: 0, signal: 0})
    expect(screenOf(terminal.scrollback())).toMatchInlineSnapshot(`
      [
        "✓ alu   updated  release 2026-11, not published, in 0s",
        "✓ pfam  updated  release 1, not published, in 0s",
      ]
    `)
    expect(terminal.cursor.visible).toBe(true)
    expect(terminal.alternateScreen).toBe(false)
  })

  it('shows marks and words without a colour where NO_COLOR is set', async () => {
    const terminal = await inTerminal(waiting, {NO_COLOR: '1'})
    await terminal.waitForText('queued, next to run')
    cluster.finish()
    await terminal.waitForText('✓ alu   updated')
    await terminal.waitForExit()
    // oxlint-disable-next-line no-control-regex
    expect(terminal.raw.toString('utf8')).not.toMatch(/\u001B\[[\d;]*m/)
  })

  it('writes plain lines on a dumb terminal', async () => {
    const terminal = await inTerminal(waiting, {TERM: 'dumb'})
    await terminal.waitForText('alu: queued, next to run')
    cluster.finish()
    await terminal.waitForExit()
    // oxlint-disable-next-line no-control-regex
    expect(terminal.raw.toString('utf8')).not.toMatch(/\u001B/)
  })

  it('keeps to a narrow and low terminal', async () => {
    session = await biomaj.terminal(['update', '--bank', 'alu,pfam', '--wait', '--poll', '200ms'], {
      env: env(),
      cols: 30,
      rows: 5,
    })
    const screen = await session.waitForText('1 more, 0 of 2 over')
    expect(screenOf(screen)).toHaveLength(2)
    cluster.finish()
    expect(await session.waitForExit()).toMatchObject({code: 0})
  })

  it('leaves at Ctrl-C, says how to come back and how to cancel, and does not stop the update', async () => {
    const terminal = await inTerminal()
    await terminal.waitForText('queued, next to run')
    const pressedMs = performance.now()
    terminal.press('ctrl+c')
    expect(await terminal.waitForExit()).toMatchObject({code: 130})
    expect(performance.now() - pressedMs).toBeLessThan(1000)
    expect(screenOf(terminal.scrollback()).map(line => line.replace(/^\^C/, ''))).toMatchInlineSnapshot(`
      [
        "… alu   still running",
        "… pfam  still running",
        "Come back: biomaj wait --bank alu,pfam",
        "Cancel:    biomaj cancel --bank alu,pfam",
      ]
    `)
    expect(cluster.state.cancelRequests.size).toBe(0)
    expect(cluster.state.queue.map(({bank}) => bank)).toEqual(['alu', 'pfam'])
  })

  it('with --cancel-on-interrupt asks the cluster to cancel, and leaves', async () => {
    const terminal = await inTerminal([...waiting, '--cancel-on-interrupt'])
    await terminal.waitForText('Ctrl-C cancels')
    terminal.press('ctrl+c')
    await terminal.waitForText('See how it ends: biomaj wait --bank alu,pfam')
    expect(await terminal.waitForExit()).toMatchObject({code: 130})
    expect([...cluster.state.cancelRequests].toSorted()).toEqual(['alu', 'pfam'])
  })

  it('shows what is going on when the cluster is slow to answer', async () => {
    // A port that takes connections and answers nothing.
    const silent = createServer()
    silent.listen(0, '127.0.0.1')
    await once(silent, 'listening')
    const {port} = silent.address() as {port: number}
    try {
      session = await biomaj.terminal(['update', '--bank', 'alu'], {
        env: {BIOMAJ_PROXY: `http://127.0.0.1:${port}`, BIOMAJ_APIKEY: 'JANEKEY001'},
      })
      await session.waitForText('… checking alu')
      session.press('ctrl+c')
      expect(await session.waitForExit()).toMatchObject({code: 130})
      expect(screenOf(session.scrollback()).at(-1)?.replace(/^\^C/, '')).toBe('Interrupted')
    } finally {
      silent.close()
    }
  })
})

describe('waiting in a pipe', () => {
  it('writes one line for each change, without anything that moves', async () => {
    const running = await biomaj.start(waiting, {env: env()})
    await running.waitForOutput('pfam: queued, number 2 in line', 'stderr')
    cluster.advance(8)
    await running.waitForOutput('M_index', 'stderr')
    cluster.finish()
    const {code, stdout, stderr} = await running.result
    expect({code, stderr: stderr.split('\n').filter(line => line.startsWith('alu'))}).toMatchInlineSnapshot(`
      {
        "code": 0,
        "stderr": [
          "alu: queued, next to run",
          "alu: postprocess, M_index (step 7 of 9)",
          "alu: updated",
        ],
      }
    `)
    expect(stdout.split('\n').map(line => line.split(/ {2,}/).slice(0, 2).join(' '))).toEqual([
      '✓ alu updated',
      '✓ pfam updated',
      '',
    ])
    // oxlint-disable-next-line no-control-regex
    expect(stdout + stderr).not.toMatch(/[\u001B\r]/)
  })

  it.each([
    {signal: 'SIGINT', code: 130, error: 'interrupted'},
    {signal: 'SIGTERM', code: 143, error: 'terminated'},
    {signal: 'SIGHUP', code: 143, error: 'terminated'},
  ] as const)('after $signal prints one JSON document, and exits $code', async ({signal, code, error}) => {
    const running = await biomaj.start([...waiting, '--json'], {env: env()})
    await running.waitForOutput('alu: queued, next to run', 'stderr')
    running.signal(signal)
    const result = await running.result
    expect(result.code).toBe(code)
    expect((JSON.parse(result.stdout) as {updates: unknown[]}).updates).toMatchObject([
      {bank: 'alu', outcome: 'running', error: {code: error, exitCode: code}, resume: 'biomaj wait --bank alu'},
      {bank: 'pfam', outcome: 'running', error: {code: error}},
    ])
  })

  it('leaves at once at a second Ctrl-C, also while it asks for a cancel', async () => {
    const running = await biomaj.start([...waiting, '--cancel-on-interrupt'], {env: env()})
    await running.waitForOutput('alu: queued, next to run', 'stderr')
    running.signal('SIGINT')
    running.signal('SIGINT')
    expect(await running.result).toMatchObject({code: 130})
  })

  it('is quiet and exits 0 when the reader goes away', async () => {
    const {code, stdout, stderr} = await shell(`"$BIOMAJ" logs --bank alu --tail 0 | head -1; echo "\${PIPESTATUS[0]}"`)
    expect({code, stderr}).toEqual({code: 0, stderr: ''})
    expect(stdout).toMatch(/^line 0\n0\n$/)
  })

  it('shows each line of the log once with --follow, and no end marker', async () => {
    const running = await biomaj.start(['update', '--bank', 'alu', '--follow', '--poll', '200ms', '--json'], {
      env: env(),
    })
    await running.waitForOutput('alu: queued', 'stderr')
    cluster.advance(8)
    await running.waitForOutput('alu | ', 'stderr')
    cluster.finish()
    const {code, stdout, stderr} = await running.result
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({updates: [{bank: 'alu', outcome: 'updated'}]})
    const log = stderr.split('\n').flatMap(line => /^alu \| (.*)$/.exec(line)?.[1] ?? [])
    expect(log).toEqual(cluster.bank('alu').log)
  })
})

it.each(['update', 'wait', 'cancel', 'logs'])('gives examples in the help of %s', async command => {
  const {code, stdout} = await biomaj.run([command, '--help'])
  expect(code).toBe(0)
  expect(stdout).toMatch(new RegExp(`EXAMPLES\n(.*\n)*.*\\$ biomaj ${command} --bank alu`))
})

/** A shell whose pipes are real; `alu` has a log that no pipe holds. */
async function shell(script: string): Promise<{code: number | null; stdout: string; stderr: string}> {
  cluster.state.queue.push({action: 'update', bank: 'alu', user: 'jane', release: null, options: {}, requestedAt: 0})
  cluster.finish()
  cluster.bank('alu').log = Array.from({length: 200_000}, (_, index) => `line ${index}`)
  const child = spawn('bash', ['-c', script], {
    env: {...process.env, ...env(), BIOMAJ: biomaj.command, HOME: await biomaj.newHome()},
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const chunks: Record<'stdout' | 'stderr', string> = {stdout: '', stderr: ''}
  child.stdout.setEncoding('utf8').on('data', (text: string) => (chunks.stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (chunks.stderr += text))
  const [code] = (await once(child, 'close')) as [number | null]
  return {code, ...chunks}
}
