/** The dashboard as somebody uses it, in a terminal and against real clusters. */
import {readFileSync} from 'node:fs'
import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, it} from 'vitest'
import {startFaultProxy} from '../support/fault-proxy/index.js'
import {bank, waitsForGate} from '../support/real-cluster/banks.js'
import {aBank, aRelease, startScriptedCluster} from '../support/scripted-cluster/index.js'
import type {ScriptedCluster} from '../support/scripted-cluster/index.js'
import {describeClusters} from '../support/targets/describe.js'
import type {TargetCluster} from '../support/targets/target.js'
import {until} from '../support/until.js'
import {startLocalUpstream} from '../support/upstream/index.js'
import {DashboardScene, modesLeft} from './dashboard-scene.js'

const fasta = readFileSync(new URL('../fixtures/fasta/alu.n', import.meta.url), 'utf8')
const patientMs = 40_000
let scene: DashboardScene

beforeAll(async () => {
  scene = await DashboardScene.begin()
})

afterEach(async () => scene.stop())

describeClusters('a day with the dashboard', ({start}) => {
  let cluster: TargetCluster
  let upstream: Awaited<ReturnType<typeof startLocalUpstream>>

  beforeAll(async () => {
    upstream = await startLocalUpstream()
    await upstream.put('/files/alu.n', fasta, new Date('2026-11-20T10:00:00Z'))
    cluster = await start({admin: 'admin'})
    const source = upstream.source('/files')
    const processes = [waitsForGate('gate')]
    await cluster.addBank(bank('alu', {source, processes, publish: true}), 'jane')
    await cluster.addBank(bank('swissprot', {source}), 'jane')
  })

  afterAll(async () => {
    await cluster.stop()
    await upstream.stop()
  })

  const open = async () => scene.open({url: cluster.url, apiKey: cluster.user('jane').apiKey})

  it('finds a bank, updates it, follows its log, and sees it published', async () => {
    const session = await open()
    await session.waitForText('2 banks')
    session.type('b')
    await session.waitForText('swissprot')
    session.type('/')
    await session.waitForText(/^ *\/ /m)
    session.type('alu')
    await session.waitForText('1 of 2')
    session.press('enter')
    await session.waitForScreen(screen => !screen.join('\n').includes('swissprot'))
    session.press('enter')
    await session.waitForText(/Banks › alu/)

    session.type('u')
    await session.waitForText('Update: alu')
    session.press('enter')
    await session.waitForText('alu: update requested', patientMs)
    await session.waitForText(/postprocess/, patientMs)

    session.type('L')
    await session.waitForText(/alu › log/i)
    await session.waitForText(/Workflow:wf_copy/, patientMs)
    session.press('escape')
    await session.waitForScreen(screen => !/› log/i.test(screen.join('\n')))
    await cluster.openGate('gate')
    await session.waitForText(/● published/, patientMs)

    session.type('q')
    expect((await session.waitForExit()).code).toBe(0)
    expect(modesLeft(session.raw)).toEqual([])
  })

  it('keeps what it knows while the cluster is gone, and is live within an interval when it is back', async () => {
    const session = await open()
    await session.waitForText('2 banks')
    await cluster.whileDown(async () => {
      await session.waitForText('lost', patientMs)
      const screen = (await session.waitForText(/! \d+s old/)).join('\n')
      expect(screen).toContain('2 banks')
    })
    await session.waitForText(/live, every/, patientMs)
    expect(session.alternateScreen).toBe(true)
  })
})

describe('a scripted cluster', () => {
  let cluster: ScriptedCluster

  beforeEach(async () => {
    cluster = await startScriptedCluster({
      banks: [aBank('alu', {releases: [aRelease('2026-01')], current: 1_767_322_800}), aBank('swissprot')],
    })
  })

  afterEach(async () => cluster.stop())

  it('asks no more once its key was revoked, says so, and stays', async () => {
    const proxy = await startFaultProxy({target: cluster.url})
    try {
      const session = await scene.open({url: proxy.url})
      await session.waitForText('2 banks')
      cluster.state.users = []
      await session.waitForText(/does not know your key|key refused/)
      await session.waitForText('key not known')
      // What was on its way when the key was refused is answered by now, and nothing new is asked.
      const asked = cluster.requests.length
      await session.waitForText(/! \d+s old/)
      expect(cluster.requests).toHaveLength(asked)
      session.type('b')
      await session.waitForText('› Banks')
      session.type('3')
      await session.waitForText('› Queue')
      expect(cluster.requests).toHaveLength(asked)
      session.type('r')
      await until('it asks again when told to', () => cluster.requests.length > asked)
      expect(session.alternateScreen).toBe(true)
    } finally {
      await proxy.stop()
    }
  })

  it('is live again with the key of a new login', async () => {
    const home = await mkdtemp(path.join(tmpdir(), 'biomaj-dashboard-'))
    try {
      const env = {BIOMAJ_PROXY: undefined, BIOMAJ_APIKEY: undefined}
      const login = ['login', cluster.url, '--user', 'jane', '--password-stdin', '--insecure-storage']
      const once = {home, input: 'jane-secret\n'}
      expect(await scene.product.run(login, once)).toMatchObject({code: 0})
      const session = await scene.open({url: cluster.url, env, home})
      cluster.state.users = cluster.state.users.map(user => ({...user, apiKey: `NEW${user.apiKey.slice(3)}`}))
      await session.waitForText('key not known')
      expect(await scene.product.run(login, once)).toMatchObject({code: 0})
      session.type('r')
      await session.waitForText(/live, every/)
    } finally {
      await rm(home, {recursive: true, force: true})
    }
  })

  it('shows a list in 40x10, and everything again when there is room', async () => {
    const session = await scene.open({url: cluster.url})
    session.type('b')
    await session.waitForText('swissprot')
    session.resize(40, 10)
    await session.waitForScreen(screen => screen.length === 10 && screen.some(row => row.includes('swissprot')))
    expect(session.screen().every(row => row.length <= 40)).toBe(true)
    session.type('j')
    session.resize(120, 40)
    const wide = await session.waitForText(/VISIBILITY/)
    expect(wide).toHaveLength(40)
    expect(wide.some(row => row.includes('swissprot'))).toBe(true)
  })

  it('has said all to a screen reader without moving the cursor once', async () => {
    const session = await scene.start({url: cluster.url, args: ['--screen-reader']})
    await session.waitForText('2 banks')
    cluster.state.queue.push({action: 'update', bank: 'alu', user: 'jane', release: null, options: {}, requestedAt: 1})
    await session.waitForText('The queue: 1 waiting, alu.')
    session.press('ctrl+c')
    expect((await session.waitForExit()).code).toBe(130)
    expect(session.raw.toString()).not.toContain('\u001B')
  })

  it('is text once where stdout is no terminal', async () => {
    const run = await scene.product.run(['dashboard'], {env: {BIOMAJ_PROXY: cluster.url, BIOMAJ_APIKEY: 'JANEKEY001'}})
    expect([run.code, run.stdout.includes('2 banks'), run.stdout.includes('\u001B')]).toEqual([0, true, false])
  })
})
