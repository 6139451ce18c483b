import {existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import {get} from 'node:http'
import type {IncomingMessage} from 'node:http'
import {createServer} from 'node:net'
import type {AddressInfo} from 'node:net'
import {once} from 'node:events'
import path from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import type {ReadyEvent} from '../../../src/cli/cluster/ready.js'
import {until} from '../../support/until.js'
import {isAlive} from '../workers/support/processes.js'
import {Somebody} from './support/product.js'

let somebody: Somebody

beforeEach(() => {
  somebody = new Somebody()
})

afterEach(async () => await somebody.leave())

interface ErrorDocument {
  error: {code: string; message: string; hint: string; exitCode: number; details: Record<string, unknown>}
}

describe('biomaj cluster start', () => {
  it('says in one line that it serves, and then it does', async () => {
    const {ready} = await somebody.cluster()
    expect(ready).toMatchObject({
      event: 'ready',
      name: 'biomaj',
      memory: false,
      detached: false,
      context: 'local',
      dataDirectory: path.join(somebody.home, '.local/share/biomaj/cluster'),
    })
    expect(ready.url).toBe(`http://127.0.0.1:${ready.port}`)
    expect(await (await fetch(new URL('/healthz', ready.url))).json()).toMatchObject({pid: ready.pid, name: 'biomaj'})
  })

  it('says it in a line of text without --json', async () => {
    const cluster = somebody.start(['cluster', 'start', '--memory', '--port', '0'])
    await until('a line', () => cluster.stdout.endsWith('\n'))
    expect(cluster.stdout).toMatch(/^✓ BioMAJ cluster ready at http:\/\/127\.0\.0\.1:\d+ \(pid \d+\)\n$/)
    await cluster.end('SIGTERM')
  })

  it('answers to the names of cluster.allowed.hosts, and to no other', async () => {
    const {ready} = await somebody.cluster(['--memory'], {env: {BIOMAJ_CLUSTER_ALLOWED_HOSTS: 'biomaj.example.org'}})
    const asked = async (host: string): Promise<number | undefined> => {
      const request = get({host: '127.0.0.1', port: ready.port, path: '/healthz', headers: {host}})
      const [response] = (await once(request, 'response')) as [IncomingMessage]
      response.resume()
      return response.statusCode
    }
    expect(await asked('biomaj.example.org')).toBe(200)
    expect(await asked('localhost')).toBe(200)
    expect(await asked('evil.example.org')).toBe(421)
  })

  it('names who has the port, and takes no other one', async () => {
    const holder = createServer().listen(0, '127.0.0.1')
    await once(holder, 'listening')
    const {port} = holder.address() as AddressInfo
    const run = await somebody.run(['cluster', 'start', '--port', String(port), '--json'])
    holder.close()
    const {error} = JSON.parse(run.stdout) as ErrorDocument
    expect([run.code, error.code]).toEqual([6, 'port_in_use'])
    expect(error.message).toContain(`Port ${port} on 127.0.0.1 is in use by process ${process.pid} (`)
    expect(error.message).toContain(path.basename(process.argv0))
    expect(somebody.notes()).toEqual([])
  })

  it('leaves a folder to the cluster that has it, and names that one', async () => {
    const {ready} = await somebody.cluster()
    const run = await somebody.run(['cluster', 'start', '--port', '0', '--json'])
    const {error} = JSON.parse(run.stdout) as ErrorDocument
    expect(run.code).toBe(6)
    expect(error).toMatchObject({code: 'cluster_running', details: {pid: ready.pid, url: ready.url}})
    expect(isAlive(ready.pid)).toBe(true)
  })

  it('keeps everything in the folder of --data, relative to where it is called', async () => {
    const first = await somebody.cluster(['--data', 'site'])
    expect(first.ready.dataDirectory).toBe(path.join(somebody.home, 'site'))
    await first.end('SIGTERM')
    expect((await somebody.run(['cluster', 'user', 'add', 'jane', '--data', 'site'])).code).toBe(0)
    await somebody.cluster(['--data', 'site'])
    const {users} = await somebody.json<{users: Array<{id: string}>}>(['cluster', 'user', 'list', '--data', 'site'])
    expect(users.map(({id}) => id)).toContain('jane')
    expect(existsSync(path.join(somebody.home, '.local/share/biomaj/cluster'))).toBe(false)
  })

  it('says what is wrong with a folder that cannot be its own', async () => {
    const file = path.join(somebody.home, 'notes')
    writeFileSync(file, '')
    for (const data of [file, path.join(file, 'site')]) {
      const run = await somebody.run(['cluster', 'start', '--port', '0', '--data', data])
      expect([run.code, run.stderr]).toEqual([3, expect.stringContaining('there is a file in its place')])
    }
  })

  it.skipIf(process.platform !== 'linux')('says so of a folder in which nothing can be made, and ends', async () => {
    for (const command of [
      ['start', '--port', '0'],
      ['user', 'add', 'jane'],
    ]) {
      const run = await somebody.run(['cluster', ...command, '--data', '/proc/biomaj/site'])
      expect([run.code, run.stderr]).toEqual([
        3,
        expect.stringMatching(/\/proc\/biomaj(?:\/site)? cannot be .*: nothing can be made there/),
      ])
    }
  })

  it('begins with the bank alu also when users were added before', async () => {
    expect((await somebody.run(['cluster', 'user', 'add', 'jane'])).code).toBe(0)
    await somebody.cluster()
    const {banks} = await somebody.json<{banks: Array<{name: string}>}>(['cluster', 'bank', 'list'])
    expect(banks.map(({name}) => name)).toEqual(['alu'])
  })

  it('refuses to seed a cluster that has banks', async () => {
    await (await somebody.cluster()).end('SIGTERM')
    const run = await somebody.run(['cluster', 'start', '--port', '0', '--seed', 'demo'])
    expect([run.code, run.stderr]).toEqual([1, expect.stringContaining('it cannot begin with "demo"')])
  })
})

describe('the context of a cluster of one’s own', () => {
  interface Contexts {
    current: string | null
    contexts: Array<{name: string; url: string}>
  }

  it('is made and selected, follows the next start, and stays when the cluster ends', async () => {
    const first = await somebody.cluster()
    expect(await somebody.json<Contexts>(['context', 'list'])).toMatchObject({
      current: 'local',
      contexts: [{name: 'local', url: first.ready.url}],
    })
    expect(await somebody.json(['about-me'])).toMatchObject({key: {state: 'valid'}, user: first.ready.user})
    await first.end('SIGTERM')
    const stopped = await somebody.run(['banks'])
    expect(stopped.code).toBe(7)
    expect(stopped.stderr).toContain('start it again with `biomaj cluster start`')
    const second = await somebody.cluster()
    const {contexts} = await somebody.json<Contexts>(['context', 'list'])
    expect(contexts).toMatchObject([{name: 'local', url: second.ready.url}])
    expect((await somebody.run(['banks'])).code).toBe(0)
  })

  it('does not take the place of another cluster’s', async () => {
    const folder = path.join(somebody.home, '.config/biomaj')
    mkdirSync(folder, {recursive: true})
    const contexts = {local: {url: 'https://biomaj.example.org', user: 'ada', credentialStore: 'keychain'}}
    const text = JSON.stringify({version: 1, current: 'local', contexts})
    writeFileSync(path.join(folder, 'contexts.json'), text, {mode: 0o600})
    const cluster = await somebody.cluster()
    expect(cluster.ready.context).toBeNull()
    expect((await cluster.end('SIGTERM')).stderr).toContain('The context "local" is of another cluster')
    expect(readFileSync(path.join(folder, 'contexts.json'), 'utf8')).toBe(text)
  })
})

describe('a detached cluster', () => {
  it('is seen by status, logs and stop', async () => {
    const ready = await somebody.json<ReadyEvent>(['cluster', 'start', '--port', '0', '--detach'])
    expect(ready).toMatchObject({event: 'ready', detached: true})
    expect(isAlive(ready.pid)).toBe(true)
    const status = await somebody.run(['cluster', 'status', '--json'])
    expect(status.code).toBe(0)
    expect(JSON.parse(status.stdout)).toMatchObject({running: true, clusters: [{pid: ready.pid, answers: true}]})
    expect((await somebody.run(['cluster', 'logs'])).stdout).toMatch(/INFO +ready url=/)
    expect(await somebody.json(['cluster', 'stop'])).toMatchObject({stopped: true, pid: ready.pid, url: ready.url})
    expect(isAlive(ready.pid)).toBe(false)
    expect((await somebody.run(['cluster', 'status'])).code).toBe(1)
    expect(await somebody.json(['cluster', 'stop'])).toMatchObject({stopped: false, pid: null})
  })

  it('says why it could not start', async () => {
    const {ready} = await somebody.cluster()
    const run = await somebody.run(['cluster', 'start', '--detach', '--port', '0'])
    expect(run.code).toBe(6)
    expect(run.stderr).toContain(`A cluster (pid ${ready.pid}, ${ready.url}) uses`)
  })

  it('is stopped at once with --immediately', async () => {
    const {pid} = await somebody.json<ReadyEvent>(['cluster', 'start', '--memory', '--port', '0', '--detach'])
    expect(await somebody.json(['cluster', 'stop', '--immediately'])).toMatchObject({stopped: true, pid})
    expect(somebody.leftovers()).toEqual([])
  })
})

describe('biomaj cluster logs', () => {
  it('goes on with what comes, until Ctrl-C', async () => {
    const {ready} = await somebody.cluster()
    const logs = somebody.start(['cluster', 'logs', '--follow', '--lines', '0', '--json'])
    const asked = `marker-${ready.pid}`
    await until('the request is logged', async () => {
      await fetch(new URL(`/healthz?${asked}`, ready.url), {headers: {'x-request-id': asked}})
      return logs.stdout.includes(`"requestId":"${asked}"`)
    })
    expect(
      logs.stdout
        .trimEnd()
        .split('\n')
        .map(line => typeof JSON.parse(line)),
    ).toContain('object')
    expect((await logs.end('SIGINT')).code).toBe(0)
  })

  it('exits 5 where no cluster ever was', async () => {
    expect((await somebody.run(['cluster', 'logs'])).code).toBe(5)
  })
})

describe('biomaj cluster exec', () => {
  it('passes the exit status of the command, which has the cluster, and leaves nothing', async () => {
    const script =
      'curl=$BIOMAJ_PROXY/healthz; "$0" -e "fetch(process.argv[1]).then(r => process.exit(r.status - 193))" "$curl"'
    const run = await somebody.run(['cluster', 'exec', '--', 'sh', '-c', script, process.execPath])
    expect([run.code, run.stderr]).toEqual([7, ''])
    expect(somebody.leftovers()).toEqual([])
    expect((await somebody.json(['context', 'list']))['contexts']).toEqual([])
  })

  it('exits 127 for a command that is not there', async () => {
    const run = await somebody.run(['cluster', 'exec', '--', 'biomaj-no-such-command'])
    expect([run.code, run.stderr]).toEqual([127, '✗ There is no command "biomaj-no-such-command"\n'])
  })

  it('ends the command with the first signal, and the cluster with it', async () => {
    const run = somebody.start(['cluster', 'exec', '--', 'sh', '-c', 'echo begun; exec sleep 1000'])
    await until('the command runs', () => run.stdout === 'begun\n')
    expect((await run.end('SIGTERM')).code).toBe(143)
    expect(somebody.leftovers()).toEqual([])
  })
})

describe('biomaj cluster reset', () => {
  it('wants the name of the cluster, and removes it with all that it made', async () => {
    const cluster = await somebody.cluster()
    const {ready} = cluster
    expect((await somebody.run(['cluster', 'reset', '--confirm', 'biomaj'])).code).toBe(6)
    await cluster.end('SIGTERM')
    writeFileSync(path.join(ready.dataDirectory, 'mine.txt'), 'mine')
    const unasked = await somebody.run(['cluster', 'reset'])
    expect([unasked.code, unasked.stderr]).toEqual([2, expect.stringContaining('--confirm biomaj')])
    expect((await somebody.run(['cluster', 'reset', '--confirm', 'other'])).code).toBe(2)
    expect(existsSync(path.join(ready.dataDirectory, 'cluster.sqlite'))).toBe(true)
    expect(await somebody.json(['cluster', 'reset', '--confirm', 'biomaj'])).toEqual({
      dataDirectory: ready.dataDirectory,
      removed: true,
      left: ['mine.txt'],
    })
    expect(await somebody.json(['cluster', 'reset'])).toMatchObject({removed: false})
  })
})

describe('commands that only look', () => {
  it.each([['user', 'list'], ['bank', 'list'], ['config'], ['status'], ['stop'], ['user', 'renew', 'ada']])(
    'makes nothing where no cluster ever was: %s %s',
    async (...words) => {
      await somebody.run(['cluster', ...words])
      expect(existsSync(path.join(somebody.home, '.local/share/biomaj/cluster'))).toBe(false)
    },
  )
})
