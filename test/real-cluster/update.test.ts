import {readFileSync} from 'node:fs'
import {readFile, rm, writeFile} from 'node:fs/promises'
import path from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import Update from '../../src/commands/update.js'
import {startFaultProxy} from '../support/fault-proxy/index.js'
import {installedPackage} from '../support/package/index.js'
import {bank, fails, succeeds, waitsForGate} from '../support/real-cluster/banks.js'
import {runCommand} from '../support/run-command.js'
import {describeClusters} from '../support/targets/describe.js'
import type {TargetCluster} from '../support/targets/target.js'
import {until} from '../support/until.js'
import {
  ftpUpstreamAvailable,
  type HttpUpstream,
  startFtpUpstream,
  startHttpUpstream,
  startLocalUpstream,
} from '../support/upstream/index.js'

const fasta = readFileSync(new URL('../fixtures/fasta/alu.n', import.meta.url), 'utf8')
const released = new Date('2026-11-20T10:00:00Z')

interface Report {
  bank: string
  outcome: string
  release: string | null
  published: boolean | null
  step: string | null
  process: string | null
  processErrors: string | null
  reason: string | null
  exitCode: number
  error: {code: string} | null
}

describeClusters('update', ({kind, start: startCluster}) => {
  let cluster: TargetCluster
  let http: HttpUpstream
  let local: Awaited<ReturnType<typeof startLocalUpstream>>

  beforeAll(async () => {
    http = await startHttpUpstream()
    local = await startLocalUpstream()
    await http.put('/files/alu.n', fasta, released)
    await local.put('/files/alu.n', fasta, released)
    cluster = await startCluster({admin: 'admin'})
  })
  afterAll(async () => {
    await cluster.stop()
    await http.stop()
    await local.stop()
  })

  const env = (user: string) => ({BIOMAJ_PROXY: cluster.url, BIOMAJ_APIKEY: cluster.user(user).apiKey})

  /** In this process, as jane unless told otherwise. */
  const update = async (argv: string[], changes: Record<string, string> = {}) => {
    const {exitCode, stdout} = await runCommand(Update, [...argv, '--json'], {env: {...env('jane'), ...changes}})
    const {updates = []} = JSON.parse(stdout) as {updates?: Report[]}
    return {exitCode, updates, first: updates[0], document: JSON.parse(stdout) as {error?: {code: string}}}
  }
  const wait = async (banks: string, ...argv: string[]) =>
    update(['--bank', banks, '--wait', '--poll', '200ms', ...argv])

  const history = async () =>
    (JSON.parse((await cluster.request({path: '/api/daemon/history'})).text) as {history: string[][]}).history
  const whatsup = async () => (await cluster.request({path: '/api/daemon/whatsup'})).text
  const maintenance = async (method: 'POST' | 'DELETE') =>
    cluster.request({method, path: '/api/daemon/maintenance', apiKey: cluster.user('admin').apiKey, body: {}})
  const add = async (name: string, options: Partial<Parameters<typeof bank>[1]> = {}, owner = 'jane') =>
    cluster.addBank(bank(name, {source: local.source('/files'), ...options}), owner)

  it.for([
    {protocol: 'local', start: startLocalUpstream, available: true},
    {protocol: 'http', start: startHttpUpstream, available: true},
    {protocol: 'ftp', start: startFtpUpstream, available: ftpUpstreamAvailable()},
  ])(
    'brings a bank up to date over $protocol, with the installed command',
    async ({protocol, start, available}, {skip}) => {
      skip(!available, 'python3-pyftpdlib is missing')
      const upstream = await start()
      try {
        const name = protocol === 'local' ? 'alu' : `alu_${protocol}`
        await upstream.put('/files/alu.n', fasta, released)
        await add(name, {source: upstream.source('/files'), processes: [succeeds()]})
        const biomaj = await installedPackage()
        const args = ['update', '--bank', name, '--wait', '--poll', '200ms']
        const first = await biomaj.run(args, {env: env('jane')})
        expect(first).toMatchObject({code: 0, stderr: expect.stringContaining(`${name}: updated\n`) as string})
        expect(first.stdout).toMatch(
          new RegExp(`^✓ ${name} {2}updated {2}release 2026-11-20, not published, in \\S+( \\S+)?\n$`),
        )
        const file = path.join(cluster.paths.db, name, `${name}_2026-11-20/flat/alu.n`)
        expect(await readFile(file, 'utf8')).toBe(fasta)
        expect((await history())[0]).toEqual([name, 'update', expect.any(String), expect.any(String), 'True', 'False'])
        expect(await biomaj.run(args, {env: env('jane')})).toMatchObject({
          code: 0,
          stdout: `= ${name}  already up to date  release 2026-11-20, not published\n`,
        })
      } finally {
        await upstream.stop()
      }
    },
  )

  it('publishes with --publish, and where the bank says so itself', async () => {
    await add('published')
    await add('auto', {publish: true})
    expect((await wait('published', '--publish')).first).toMatchObject({outcome: 'updated', published: true})
    expect((await wait('auto')).first).toMatchObject({outcome: 'updated', published: true})
    expect((await wait('published', '--from-scratch')).first).toMatchObject({
      outcome: 'updated',
      release: '2026-11-20__1',
      published: false,
    })
  })

  it.for([
    {
      failure: 'missing',
      words: {biomaj: /^Error while downloading .*\/alu\.n - 404$/, embedded: /\/missing\/alu\.n: HTTP 404$/},
    },
    {
      failure: 'truncated',
      words: {biomaj: /^Error while downloading .*transfer closed/, embedded: /\/truncated\/alu\.n: \D+1418 bytes/},
    },
  ] as const)('tells of a download that is $failure', async ({failure, words}) => {
    const file = `/${failure}/alu.n`
    await http.put(file, fasta, released)
    await http.fail(file, failure)
    await add(failure, {source: http.source(`/${failure}`)})
    const {exitCode, first} = await wait(failure)
    expect(exitCode).toBe(9)
    expect(first).toMatchObject({
      outcome: 'failed',
      step: 'download',
      process: null,
      reason: expect.stringMatching(words[kind]) as string,
      error: {code: 'update_failed'},
    })
    await http.heal(file)
    expect((await wait(failure)).first).toMatchObject({outcome: 'updated', exitCode: 0})
  })

  it('tells step, process and the file with the words of a process that failed', async () => {
    await add('broken', {processes: [succeeds('index'), fails('blast')]})
    const biomaj = await installedPackage()
    const {code, stdout} = await biomaj.run(['update', '--bank', 'broken', '--wait', '--poll', '200ms'], {
      env: env('jane'),
    })
    expect(code).toBe(9)
    const file = /^ {4}(\/.*\/AFTER_blast\.err)$/m.exec(stdout)?.[1] ?? ''
    expect(await readFile(file, 'utf8')).toBe('no space left for the index\n')
    expect(stdout.replace(file, 'FILE').replace(/in (under )?\ds/, 'in 1s')).toMatchInlineSnapshot(`
      "✗ broken  failed  at postprocess, in the process AFTER_blast, in 1s
        What the process itself wrote is on the server, in
          FILE
        The log: biomaj logs --bank broken
        Once its cause is gone: biomaj update --bank broken --wait
      "
    `)
    expect((await update(['--bank', 'broken', '--from-task', 'publish'])).first).toMatchObject({
      outcome: 'refused',
      exitCode: 1,
      reason: 'broken cannot start again at publish: its last run did not get through postprocess',
    })
    expect((await wait('broken', '--from-task', 'postprocess')).first).toMatchObject({
      outcome: 'failed',
      step: 'postprocess',
    })
  })

  it('stops where it is told to', async () => {
    await add('staged', {processes: [fails()]})
    expect((await wait('staged', '--stop-after', 'download')).first).toMatchObject({outcome: 'stopped', exitCode: 0})
  })

  it('updates the other banks when one is refused, and gives the results in the order of the user', async () => {
    await add('one')
    await add('two')
    await add('of_joe', {}, 'joe')
    const {exitCode, updates} = await wait('two,of_joe,nosuchbank,one')
    expect(updates.map(({bank: name, outcome, exitCode: own}) => [name, outcome, own])).toEqual([
      ['two', 'updated', 0],
      ['of_joe', 'refused', 4],
      ['nosuchbank', 'refused', 5],
      ['one', 'updated', 0],
    ])
    expect(exitCode).toBe(4)
    expect((await history()).slice(0, 2).map(([name]) => name)).toEqual(['one', 'two'])
  })

  describe('sends nothing', () => {
    let before: string

    beforeAll(async () => {
      await add('quiet')
      await wait('quiet')
      await add('hidden', {visibility: 'private'}, 'joe')
      await cluster.hold()
      before = await cluster.requested()
    })
    afterAll(async () => cluster.release())

    it.each([
      {
        what: 'for a bank of somebody else',
        argv: ['--bank', 'quiet'],
        key: 'JOEKEY0001',
        code: 'forbidden',
        exitCode: 4,
      },
      {what: 'for a private bank of somebody else', argv: ['--bank', 'hidden'], code: 'forbidden', exitCode: 4},
      {what: 'with a wrong key', argv: ['--bank', 'quiet'], key: 'WRONGKEY00', code: 'key_invalid', exitCode: 4},
      {what: 'without a key', argv: ['--bank', 'quiet'], key: '', code: 'login_required', exitCode: 4},
      {what: 'for an unknown bank', argv: ['--bank', 'nosuchbank'], code: 'bank_not_found', exitCode: 5},
      {
        what: 'for an unknown release',
        argv: ['--bank', 'quiet', '--release', '1999'],
        code: 'release_not_found',
        exitCode: 5,
      },
    ])('$what', async ({argv, key = 'JANEKEY001', code, exitCode}) => {
      const run = await update(argv, {BIOMAJ_APIKEY: key})
      expect([run.exitCode, run.first?.outcome, run.first?.error?.code]).toEqual([exitCode, 'refused', code])
    })

    it('for a step that does not exist', async () => {
      const run = await update(['--bank', 'quiet', '--from-task', 'nosuchstep'])
      expect([run.exitCode, run.document.error?.code]).toEqual([2, 'usage'])
    })

    // A lock of the embedded cluster belongs to a job: a file that nobody holds is none.
    it.runIf(kind === 'biomaj')('for a bank with a lock that a dead run left', async () => {
      const lock = path.join(cluster.paths.lock, 'quiet.lock')
      await writeFile(lock, '1')
      const run = await update(['--bank', 'quiet'])
      await rm(lock)
      expect([run.exitCode, run.first?.error?.code]).toEqual([6, 'bank_locked'])
    })

    it('in maintenance', async () => {
      await maintenance('POST')
      const run = await update(['--bank', 'quiet'])
      await maintenance('DELETE')
      expect([run.exitCode, run.first?.error?.code]).toEqual([6, 'maintenance'])
    })

    it('indeed', async () => {
      expect(await cluster.requested()).toBe(before)
    })
  })

  it('sends, where somebody who may not has asked for an update just before', async () => {
    await add('thrown')
    await wait('thrown')
    const refused = {method: 'POST', path: '/api/daemon/bank/thrown', apiKey: 'JOEKEY0001', body: {}}
    const {status} = await cluster.request(refused)
    // The embedded cluster refuses before anything begins; BioMAJ's daemon is thrown off by it, and still names the bank.
    expect(status).toBe(kind === 'biomaj' ? 200 : 403)
    if (kind === 'biomaj') await until('the bank is named', async () => (await whatsup()).includes('"thrown","update"'))
    expect((await wait('thrown')).first).toMatchObject({outcome: 'up_to_date', exitCode: 0})
  })

  it('joins an update that runs, unless it was told not to or has options', async () => {
    await add('slow', {processes: [waitsForGate('slow')]})
    expect((await update(['--bank', 'slow'])).first).toMatchObject({outcome: 'requested'})
    await expect.poll(whatsup, {timeout: 10_000}).toContain('"slow","update"')
    expect((await update(['--bank', 'slow', '--fail-if-running'])).first).toMatchObject({exitCode: 6})
    expect((await update(['--bank', 'slow', '--publish'])).first).toMatchObject({
      exitCode: 6,
      error: {code: 'bank_busy'},
    })
    expect((await update(['--bank', 'slow'])).first).toMatchObject({outcome: 'joined', exitCode: 0})
    const late = await wait('slow', '--timeout', '1s')
    expect(late.exitCode).toBe(8)
    expect(late.first).toMatchObject({
      outcome: 'running',
      resume: 'biomaj wait --bank slow',
      cancel: 'biomaj cancel --bank slow',
    })
    const proxy = await startFaultProxy({target: cluster.url})
    try {
      const joined = update(['--bank', 'slow', '--wait', '--poll', '200ms'], {BIOMAJ_PROXY: proxy.url})
      await proxy.waitForRequest(({path: route}) => route.endsWith('/log/300') || route.startsWith('/api/daemon/jobs/'))
      await cluster.openGate('slow')
      expect((await joined).first).toMatchObject({outcome: 'updated', exitCode: 0})
    } finally {
      await proxy.stop()
    }
    expect((await history()).filter(([name]) => name === 'slow')).toHaveLength(1)
  })
})
