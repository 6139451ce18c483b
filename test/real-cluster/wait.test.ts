import {readFileSync} from 'node:fs'
import {afterAll, beforeAll, expect, it} from 'vitest'
import Cancel from '../../src/commands/cancel.js'
import Logs from '../../src/commands/logs.js'
import Update from '../../src/commands/update.js'
import Wait from '../../src/commands/wait.js'
import {BiomajError} from '../../src/shared/errors.js'
import {runAgainst} from '../commands/against.js'
import {type FaultProxy, startFaultProxy} from '../support/fault-proxy/index.js'
import {installedPackage} from '../support/package/index.js'
import {bank, fails, succeeds, waitsForGate} from '../support/real-cluster/banks.js'
import type {CommandClass, RunCommandOptions} from '../support/run-command.js'
import {describeClusters} from '../support/targets/describe.js'
import type {TargetCluster} from '../support/targets/target.js'
import {startLocalUpstream} from '../support/upstream/index.js'

const fasta = readFileSync(new URL('../fixtures/fasta/alu.n', import.meta.url), 'utf8')

const ofFollowed = (path: string) => path.includes('/followed/log/5') || path.includes('/followed/sessions/last/log')

interface Item {
  bank: string
  outcome?: string
  earlier?: boolean
  mayRemain?: boolean
  exitCode: number
  error: {code: string} | null
}

describeClusters('waiting, cancelling and logs', ({kind, start}) => {
  let cluster: TargetCluster
  let upstream: Awaited<ReturnType<typeof startLocalUpstream>>
  let proxy: FaultProxy

  beforeAll(async () => {
    upstream = await startLocalUpstream()
    await upstream.put('/files/alu.n', fasta, new Date('2026-11-20T10:00:00Z'))
    cluster = await start()
    proxy = await startFaultProxy({target: cluster.url})
  })
  afterAll(async () => {
    await proxy.stop()
    await cluster.stop()
    await upstream.stop()
  })

  const run = async (Class: CommandClass, argv: string[], options?: RunCommandOptions) => {
    const {exitCode, stdout} = await runAgainst(proxy, Class, [...argv, '--json'], options)
    const document = JSON.parse(stdout) as {updates?: Item[]; cancellations?: Item[]; lines?: string[]}
    return {exitCode, document, first: (document.updates ?? document.cancellations)?.[0]}
  }
  const update = async (name: string, ...argv: string[]) => run(Update, ['--bank', name, ...argv])
  const wait = async (name: string, ...argv: string[]) => run(Wait, ['--bank', name, '--poll', '200ms', ...argv])
  const cancel = async (name: string) => run(Cancel, ['--bank', name])

  const whatsup = async () => (await cluster.request({path: '/api/daemon/whatsup'})).text
  const add = async (name: string, options: Partial<Parameters<typeof bank>[1]> = {}, owner = 'jane') =>
    cluster.addBank(bank(name, {source: upstream.source('/files'), ...options}), owner)

  /** An update that waits in its process for the gate of the bank's name. */
  const runs = async (name: string) => {
    await update(name)
    const status = async () => (await cluster.request({path: `/api/daemon/bank/${name}/status`})).text
    await expect.poll(status, {timeout: 10_000}).toContain('AFTER_index')
  }
  /** Resolves when `count` more looks at the daemon began. */
  const looks = async (count: number) => {
    const from = proxy.requests.length
    await proxy.waitForRequest(
      request => proxy.requests.slice(from).filter(({path}) => path === '/api/daemon/whatsup')[count - 1] === request,
    )
  }
  /** Resolves when a wait looks at the update, by the log of its bank or by its job. */
  const watched = async (name: string) => {
    const from = proxy.requests.length
    const looksAt = ({path}: {path: string}) =>
      path.endsWith(`/${name}/log/300`) || path.startsWith('/api/daemon/jobs/')
    await proxy.waitForRequest(request => proxy.requests.indexOf(request) >= from && looksAt(request))
  }

  it('attaches to an update that somebody requested, and tells its result', async () => {
    await add('attached', {processes: [waitsForGate('attached')]})
    await runs('attached')
    expect((await wait('attached', '--timeout', '0')).exitCode).toBe(8)
    const waiting = wait('attached')
    await looks(3)
    await cluster.openGate('attached')
    expect((await waiting).first).toMatchObject({
      outcome: 'updated',
      release: '2026-11-20',
      exitCode: 0,
      earlier: false,
    })
    expect((await wait('attached')).first).toMatchObject({outcome: 'updated', exitCode: 0, earlier: true})
  })

  it('tells how the last update failed, and that there never was one', async () => {
    await add('broken', {processes: [succeeds('index'), fails('blast')]})
    await add('new')
    await update('broken', '--wait', '--poll', '200ms')
    expect((await wait('broken')).first).toMatchObject({
      outcome: 'failed',
      step: 'postprocess',
      process: 'AFTER_blast',
      exitCode: 9,
      earlier: true,
    })
    expect((await wait('new')).first).toMatchObject({outcome: 'refused', exitCode: 6, error: {code: 'bank_idle'}})
  })

  it('waits for a cluster whose front goes away and comes back', async () => {
    await add('away', {processes: [waitsForGate('away')]})
    const waiting = update('away', '--wait', '--poll', '200ms')
    await watched('away')
    const reach = proxy.inject({kind: 'hang-up'})
    await looks(3)
    await cluster.openGate('away')
    await looks(3)
    reach()
    expect(await waiting).toMatchObject({exitCode: 0, first: {outcome: 'updated', exitCode: 0}})
  })

  it('knows the end of an update that came while the whole web service was restarted', async () => {
    await add('restarted', {processes: [waitsForGate('restarted')]})
    const waiting = update('restarted', '--wait', '--poll', '200ms')
    await watched('restarted')
    await cluster.whileDown(async () => {
      await cluster.openGate('restarted')
      await looks(3)
    })
    expect(await waiting).toMatchObject({exitCode: 0, first: {outcome: 'updated'}})
  })

  it('cancels an update that runs, and says whether the cancel may stay', async () => {
    await add('stopped', {processes: [waitsForGate('stopped'), succeeds('last')]})
    await runs('stopped')
    const waiting = wait('stopped')
    await looks(2)
    expect((await cancel('stopped')).first).toMatchObject({
      requested: true,
      situation: 'running',
      mayRemain: kind === 'biomaj',
    })
    // BioMAJ ends the update after its process, the embedded cluster ends the process too.
    if (kind === 'biomaj') await cluster.openGate('stopped')
    expect(await waiting).toMatchObject({
      exitCode: 10,
      first: {outcome: 'cancelled', error: {code: 'update_cancelled'}},
    })
    if (kind === 'embedded') await cluster.openGate('stopped')
    // What the warning was about: the cancel that stayed ends the next run too.
    const outcomes = kind === 'biomaj' ? ['cancelled', 'updated'] : ['updated']
    for (const outcome of outcomes) {
      expect((await update('stopped', '--wait', '--poll', '200ms')).first).toMatchObject({outcome})
    }
  })

  it('cancels an update that waits behind another', async () => {
    await add('ahead', {processes: [waitsForGate('ahead')]})
    await add('behind')
    await runs('ahead')
    const waiting = update('behind', '--wait', '--poll', '200ms')
    await expect.poll(whatsup, {timeout: 10_000}).toContain('"queued","behind"')
    expect((await cancel('behind')).first).toMatchObject({requested: true, situation: 'queued', mayRemain: false})
    await cluster.openGate('ahead')
    expect(await waiting).toMatchObject({exitCode: 10, first: {outcome: 'cancelled'}})
    expect((await update('behind', '--wait', '--poll', '200ms')).first).toMatchObject({outcome: 'updated'})
  })

  it('sends no cancel for an idle bank, so that its next update runs', async () => {
    await add('idle')
    expect(await cancel('idle')).toMatchObject({exitCode: 6, first: {requested: false, error: {code: 'bank_idle'}}})
    expect((await update('idle', '--wait', '--poll', '200ms')).first).toMatchObject({outcome: 'updated'})
  })

  it('sends no cancel for the bank of somebody else', async () => {
    await add('of_joe', {processes: [waitsForGate('of_joe')]}, 'joe')
    const joe = {env: {BIOMAJ_APIKEY: 'JOEKEY0001'}}
    await run(Update, ['--bank', 'of_joe'], joe)
    await expect.poll(whatsup, {timeout: 10_000}).toContain('"of_joe","update"')
    expect(await cancel('of_joe')).toMatchObject({exitCode: 4, first: {error: {code: 'forbidden'}}})
    await cluster.openGate('of_joe')
    expect((await run(Wait, ['--bank', 'of_joe', '--poll', '200ms'], joe)).first).toMatchObject({outcome: 'updated'})
  })

  it('shows the end of a log, and refuses those that one may not read', async () => {
    await add('private', {visibility: 'private'}, 'joe')
    const {document} = await run(Logs, ['--bank', 'broken', '--tail', '5'])
    expect(document.lines).toHaveLength(5)
    expect(document.lines?.join('\n')).not.toContain('END_OF_LOG')
    expect(await run(Logs, ['--bank', 'private'])).toMatchObject({exitCode: 4})
    expect(await run(Logs, ['--bank', 'new'])).toMatchObject({exitCode: 1})
    expect(await run(Logs, ['--bank', 'nosuchbank'])).toMatchObject({exitCode: 5})
  })

  it('follows a log through a run, each line once', async () => {
    await add('followed', {processes: [waitsForGate('followed')]})
    await runs('followed')
    const interruption = new AbortController()
    const following = runAgainst(proxy, Logs, ['--bank', 'followed', '--follow'], {signal: interruption.signal})
    await proxy.waitForRequest(({path}) => ofFollowed(path))
    await cluster.openGate('followed')
    await wait('followed')
    const from = proxy.requests.length
    // More than one poll, so that the first was answered and shown. A log by offset is read until nothing more comes.
    const enough = kind === 'biomaj' ? 2 : 4
    await proxy.waitForRequest(
      request => proxy.requests.slice(from).filter(({path}) => ofFollowed(path))[enough - 1] === request,
    )
    interruption.abort(new BiomajError({code: 'interrupted', message: 'Interrupted'}))
    const {exitCode, stdout, stderr} = await following
    expect([exitCode, stderr]).toEqual([130, ''])
    // BioMAJ's daemon has a last word in the log of the bank, beside that of the run.
    const last = kind === 'biomaj' ? 'Biomaj:Daemon:followed:over' : 'Workflow:wf_over'
    for (const once of ['PROCESS:RUN:AFTER_index', 'PROCESS:EXEC:AFTER_index:True', last])
      expect(stdout.split(once)).toHaveLength(2)
    expect(stdout).not.toContain('END_OF_LOG')
  })

  it('shows the log of its own run only, with --follow and the installed command', async () => {
    await update('new', '--wait', '--poll', '200ms')
    const biomaj = await installedPackage()
    const {code, stdout, stderr} = await biomaj.run(
      ['update', '--bank', 'new', '--follow', '--poll', '200ms', '--from-scratch'],
      {
        env: {BIOMAJ_PROXY: cluster.url, BIOMAJ_APIKEY: 'JANEKEY001'},
      },
    )
    expect(code).toBe(0)
    expect(stdout).toMatch(/^✓ new {2}updated/)
    for (const once of ['Workflow:Start:init', 'Workflow:Start:download', 'Workflow:wf_over'])
      expect(stderr.split(once)).toHaveLength(2)
    expect(stderr).not.toContain('END_OF_LOG')
  })
})
