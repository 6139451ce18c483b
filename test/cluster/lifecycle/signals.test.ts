import {existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import {connect} from 'node:net'
import path from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {until} from '../../support/until.js'
import {isAlive} from '../workers/support/processes.js'
import {Somebody} from './support/product.js'

let somebody: Somebody

beforeEach(() => {
  somebody = new Somebody()
})

afterEach(async () => await somebody.leave())

const inMemory = ['cluster', 'start', '--memory', '--port', '0', '--json']

/** Starts a cluster as its only child, passes on what it says, and waits. */
const parent = `
import {spawn} from 'node:child_process'
const child = spawn(process.execPath, process.argv.slice(1), {stdio: ['pipe', 'pipe', 'pipe']})
child.stdout.on('data', text => process.stdout.write(text))
child.stderr.on('data', text => process.stderr.write(text))
`

describe('the end of a cluster in the foreground', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('comes with one %s, which is no failure', async signal => {
    const cluster = await somebody.cluster(['--memory'])
    expect(existsSync(cluster.ready.dataDirectory)).toBe(true)
    expect(await cluster.end(signal)).toMatchObject({code: 0, signal: null})
    expect(somebody.leftovers()).toEqual([])
    expect(somebody.notes()).toEqual([])
  })

  it('tells how to end it sooner after Ctrl-C', async () => {
    const cluster = await somebody.cluster()
    expect((await cluster.end('SIGINT')).stderr).toBe('Ending; Ctrl-C again ends at once.\n')
  })

  it('comes during the start as well, and then no cluster was ever ready', async () => {
    const cluster = somebody.start(inMemory)
    // As soon as there is something to clean up.
    await until('a folder', () => somebody.temporaryFolders().length > 0, {everyMs: 1})
    const {code, stdout, stderr} = await cluster.end('SIGTERM')
    expect(JSON.parse(stdout)).toEqual({error: {code: 'terminated', message: 'Terminated', exitCode: 143}})
    expect([code, stderr]).toEqual([143, ''])
    expect(somebody.leftovers()).toEqual([])
    expect(somebody.notes()).toEqual([])
    expect((await somebody.json(['context', 'list']))['contexts']).toEqual([])
  })

  it('comes at once with a second Ctrl-C, which does not wait for a slow request, and leaves nothing', async () => {
    const cluster = await somebody.cluster(['--memory'])
    const slow = connect(cluster.ready.port, '127.0.0.1')
    slow.on('error', () => undefined)
    slow.write('POST /api/daemon HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{')
    await fetch(cluster.ready.url)
    cluster.process.kill('SIGINT')
    await until('the note', () => cluster.stderr !== '')
    // One that comes within a moment counts as the same.
    await until('an end', () => !cluster.process.kill('SIGINT') || cluster.hasEnded)
    slow.destroy()
    expect((await cluster.ended).code).toBe(130)
    expect(somebody.leftovers()).toEqual([])
    expect(somebody.notes()).toEqual([])
  })

  it('comes with the end of the process that started it, even by kill -9, and leaves nothing', async () => {
    const started = somebody.script(parent, [...somebody.command, ...inMemory])
    const {pid} = await started.firstLine()
    await started.kill()
    await until('the cluster is gone', () => !isAlive(pid))
    expect(somebody.leftovers()).toEqual([])
    expect(somebody.notes()).toEqual([])
  })
})

describe('the context of a cluster in memory', () => {
  interface Contexts {
    current: string | null
    contexts: Array<{name: string; url: string}>
  }
  const prod = {url: 'https://biomaj.example.org', credentialStore: 'none', allowHttp: false}
  const haveProd = () => {
    mkdirSync(path.dirname(files().contexts), {recursive: true, mode: 0o700})
    const text = JSON.stringify({version: 1, current: 'prod', contexts: {prod}})
    writeFileSync(files().contexts, text, {mode: 0o600})
  }
  const contexts = async () => await somebody.json<Contexts>(['context', 'list'])

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('goes with it by %s, as does its key', async signal => {
    haveProd()
    const cluster = await somebody.cluster(['--memory'])
    expect(await contexts()).toMatchObject({current: 'local', contexts: [{name: 'local'}, {name: 'prod'}]})
    expect(readFileSync(files().keys, 'utf8')).toContain(String(cluster.ready.port))
    await cluster.end(signal)
    expect(await contexts()).toMatchObject({current: 'prod', contexts: [{name: 'prod'}]})
    expect(existsSync(files().keys)).toBe(false)
  })

  it('that was killed is taken away by the next start', async () => {
    haveProd()
    const killed = await somebody.cluster(['--memory', '--context', 'trial'])
    await killed.kill()
    expect(await contexts()).toMatchObject({current: 'trial'})
    const next = await somebody.cluster(['--memory'])
    expect((await contexts()).contexts.map(({name}) => name)).toEqual(['local', 'prod'])
    await next.end('SIGTERM')
    expect(await contexts()).toMatchObject({current: 'prod', contexts: [{name: 'prod'}]})
    expect(existsSync(files().keys)).toBe(false)
  })

  it('leaves alone that of a cluster that stays, and the one that was chosen since', async () => {
    const staying = await somebody.cluster()
    const {ready, ...trial} = await somebody.cluster(['--memory'])
    expect(ready.context).toBe('memory')
    const second = await somebody.cluster(['--memory', '--context', 'second'])
    expect(await contexts()).toMatchObject({current: 'second'})
    process.kill(ready.pid, 'SIGTERM')
    await trial.ended
    expect((await contexts()).current).toBe('second')
    await second.end('SIGTERM')
    expect(await contexts()).toMatchObject({
      current: 'local',
      contexts: [{name: 'local', url: staying.ready.url}],
    })
    expect((await somebody.run(['banks'])).code).toBe(0)
  })
})

describe('a cluster that outlives its parent', () => {
  it('goes on with --outlive-parent', async () => {
    const started = somebody.script(parent, [...somebody.command, ...inMemory, '--outlive-parent'])
    const {pid, url} = await started.firstLine()
    await started.kill()
    await until('it has another parent', async () => (await health(url)).pid === pid)
    expect(isAlive(pid)).toBe(true)
    expect(await somebody.json(['cluster', 'stop'])).toMatchObject({stopped: true, pid})
    expect(isAlive(pid)).toBe(false)
  })

  it('goes on when it is detached', async () => {
    const started = somebody.script(parent, [...somebody.command, ...inMemory, '--detach'])
    const {pid, detached, url} = await started.firstLine()
    expect(detached).toBe(true)
    await started.ended
    expect((await health(url)).pid).toBe(pid)
    expect(await somebody.json(['cluster', 'stop'])).toMatchObject({stopped: true, pid})
    expect(somebody.leftovers()).toEqual([])
  })
})

describe('a cluster that was killed', () => {
  it('is not told to run, and what it left is cleaned up by the next look', async () => {
    const cluster = await somebody.cluster(['--memory'])
    await cluster.kill()
    expect(somebody.notes()).toHaveLength(1)
    expect(somebody.leftovers()).not.toEqual([])
    expect(await somebody.json(['cluster', 'status'])).toEqual({running: false, clusters: []})
    expect(somebody.leftovers()).toEqual([])
    expect(somebody.notes()).toEqual([])
  })

  it('can be started again in its folder', async () => {
    const first = await somebody.cluster()
    await first.kill()
    const second = await somebody.cluster()
    expect(second.ready.dataDirectory).toBe(first.ready.dataDirectory)
    expect(await somebody.json(['cluster', 'status'])).toMatchObject({clusters: [{pid: second.ready.pid}]})
    expect((await second.end('SIGTERM')).code).toBe(0)
  })
})

async function health(url: string): Promise<{pid: number}> {
  return (await (await fetch(new URL('/healthz', url))).json()) as {pid: number}
}

function files(): {contexts: string; keys: string} {
  return {
    contexts: path.join(somebody.home, '.config/biomaj/contexts.json'),
    keys: path.join(somebody.home, '.local/share/biomaj/credentials/keys.json'),
  }
}
