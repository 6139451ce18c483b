import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {BiomajClient, Secret} from '../../src/api/index.js'
import type {ClusterEvent} from '../../src/api/contract/event.js'
import {removeBank} from '../../src/operations/actions/remove.js'
import {attach} from '../../src/operations/attach.js'
import {readBoard} from '../../src/operations/board/cluster-board.js'
import {readFailedBanks} from '../../src/operations/board/failed-banks.js'
import {readQueue} from '../../src/operations/board/queue-board.js'
import AboutMe from '../../src/commands/about-me.js'
import {listBanks} from '../../src/operations/list-banks.js'
import {readHistory} from '../../src/operations/read-history.js'
import {bankMark} from '../../src/presentation/banks.js'
import {historyMark} from '../../src/presentation/history.js'
import {systemClock} from '../../src/shared/clock.js'
import {type EmbeddedCluster, startEmbeddedCluster} from '../support/embedded-cluster/index.js'
import {bank, waitsForGate} from '../support/real-cluster/banks.js'
import {startFaultProxy} from '../support/fault-proxy/index.js'
import {runCommand} from '../support/run-command.js'
import {until} from '../support/until.js'
import {startLocalUpstream} from '../support/upstream/index.js'

describe('what the embedded cluster tells beyond BioMAJ', () => {
  let site: EmbeddedCluster
  let upstream: Awaited<ReturnType<typeof startLocalUpstream>>
  let jane: BiomajClient
  const signal = new AbortController().signal
  const board = async (cluster: BiomajClient) => readBoard(cluster, {signal, clock: systemClock, attempts: 1})
  const client = (apiKey?: string) =>
    new BiomajClient({url: new URL(site.url), ...(apiKey === undefined ? {} : {apiKey: new Secret(apiKey)})})

  beforeAll(async () => {
    upstream = await startLocalUpstream()
    site = await startEmbeddedCluster()
    jane = client(site.user('jane').apiKey)
    await upstream.put('/alu/alu.n', '>one\nACGT\n', new Date('2026-11-20T10:00:00Z'))
    const source = upstream.source('/alu')
    await site.addBank(bank('alu', {source, processes: [waitsForGate('alu')], visibility: 'private'}), 'jane')
    await jane.banks.update('alu')
    await until('it runs its process', async () => (await jane.additions.run('alu'))?.running === 'postprocess')
  })
  afterAll(async () => {
    await site.stop()
    await upstream.stop()
  })

  it('is who asks, what runs, and who holds which lock since when, also of a private bank', async () => {
    const {caller, key, locks, jobs, maintenance} = await board(jane)
    expect(key).toEqual({available: true, value: 'valid'})
    expect(caller).toMatchObject({value: {id: 'jane', admin: false}})
    expect(maintenance).toEqual({available: true, value: false})
    const lock = {
      bank: 'alu',
      state: 'working',
      action: 'update',
      owner: 'jane',
      since: expect.stringMatching(/Z$/) as string,
    }
    expect(locks).toEqual({available: true, value: {locks: [lock], runningWithoutLock: []}})
    expect(jobs).toMatchObject({value: [{bank: 'alu', kind: 'update', state: 'running', user: 'jane'}]})
    expect(await jane.additions.jobs({bank: 'alu', states: ['done'], limit: 5})).toEqual([])
  })

  it('is a run with the times of its steps', async () => {
    const run = await jane.additions.run('alu')
    expect(run).toMatchObject({action: 'update', running: 'postprocess', job: expect.any(String) as string})
    expect(run?.steps.find(({step}) => step === 'download')).toMatchObject({
      state: 'over',
      startedAt: expect.stringMatching(/Z$/) as string,
      endedAt: expect.stringMatching(/Z$/) as string,
    })
    expect(run?.processes).toMatchObject([{state: 'running'}])
  })

  it('is whose key about-me has', async () => {
    const env = {BIOMAJ_PROXY: site.url, BIOMAJ_APIKEY: site.user('admin').apiKey}
    const {exitCode, stdout} = await runCommand(AboutMe, [], {env})
    expect([exitCode, /^User .*$/m.exec(stdout)?.[0]]).toEqual([0, 'User     admin <admin@example.org>, administrator'])
    const jane = await runCommand(AboutMe, ['--json'], {env: {...env, BIOMAJ_APIKEY: site.user('jane').apiKey}})
    expect(JSON.parse(jane.stdout)).toMatchObject({user: 'jane', admin: false, key: {state: 'valid'}})
    const nobody = await runCommand(AboutMe, ['--json'], {env: {...env, BIOMAJ_APIKEY: 'WRONGKEY00'}})
    expect(JSON.parse(nobody.stdout)).toMatchObject({user: null, admin: null, key: {state: 'invalid'}, exitCode: 4})
  })

  it('is nothing of private banks for others', async () => {
    const {caller, key, locks, jobs} = await board(client())
    expect([key, caller]).toEqual([
      {available: true, value: 'none'},
      {available: true, value: null},
    ])
    expect(locks).toMatchObject({value: {locks: []}})
    expect(jobs).toMatchObject({value: []})
    expect((await board(client('WRONGKEY00'))).key).toEqual({available: true, value: 'invalid'})
  })

  it.for([
    ['/api/daemon/locks', 'maintenance', 'locks'],
    ['/api/daemon/whoami', 'key', 'services'],
    ['/api/daemon/jobs', 'banks', 'queue'],
    ['/api/daemon/status', 'locks', 'jobs'],
  ] as const)('hides nothing else when %s fails', async ([route, ...others]) => {
    const proxy = await startFaultProxy({target: site.url})
    try {
      proxy.inject({kind: 'status', status: 500}, {route})
      const cluster = new BiomajClient({url: new URL(proxy.url), apiKey: new Secret(site.user('jane').apiKey)})
      const found = await board(cluster)
      for (const part of others) expect(found[part]).toMatchObject({available: true})
      expect(found.jobs?.available).toBe(route !== '/api/daemon/jobs')
      expect(found.services.available).toBe(route !== '/api/daemon/status')
    } finally {
      await proxy.stop()
    }
  })

  it('is what runs of a private bank also to whom the cluster could not tell at first what it can', async () => {
    const proxy = await startFaultProxy({target: site.url})
    try {
      proxy.inject({kind: 'status', status: 503}, {method: 'GET', route: /^\/api\/daemon$/})
      const options = {signal, clock: systemClock}
      const cluster = () => new BiomajClient({url: new URL(proxy.url), apiKey: new Secret(site.user('jane').apiKey)})
      await expect(removeBank(cluster(), {bank: 'alu'}, options)).rejects.toMatchObject({code: 'bank_busy'})
      expect(await attach(cluster(), ['alu'], options)).toMatchObject([{awaited: {bank: 'alu'}}])
      const {daemons} = await readQueue(cluster(), {signal})
      expect(daemons.filter(({bank: name}) => name !== null)).toMatchObject([{bank: 'alu', action: 'update'}])
      expect(await readFailedBanks(cluster(), {signal})).toEqual([])
      expect((await board(cluster())).locks).toMatchObject({value: {locks: [{bank: 'alu'}]}})
    } finally {
      await proxy.stop()
    }
  })

  it('is when banks are looked at', async () => {
    expect((await jane.schedule.list()).map(({bank: name}) => name)).toContain('alu')
    expect((await client().schedule.list()).map(({bank: name}) => name)).not.toContain('alu')
  })

  it('is each change, from where a reader stood, and the end of a cancelled run as cancelled', async () => {
    const stop = new AbortController()
    const events: ClusterEvent[] = []
    const reading = (async () => {
      for await (const event of jane.additions.events({signal: stop.signal})) events.push(event)
    })()
    await until('the stream is open', () => events.length > 0)
    await jane.banks.cancel('alu')
    await site.openGate('alu')
    await site.settle()
    await until('it tells of the end', () => events.some(({data}) => data['state'] === 'cancelled'))
    stop.abort(new Error('enough'))
    await expect(reading).rejects.toThrow('enough')
    const [first, second] = events
    const resumed = jane.additions.events({after: first?.id})
    expect((await resumed.next()).value).toMatchObject({type: 'open', id: first?.id})
    expect((await resumed.next()).value).toEqual(second)
    await resumed.return()

    const query = {banks: ['alu'], failedOnly: false, limit: 5}
    const [entry] = await readHistory(jane, query, {signal})
    expect(entry).toMatchObject({bank: 'alu', error: true, cancelled: true})
    expect(entry && historyMark(entry).word).toBe('cancelled')
    expect(await readHistory(jane, {...query, failedOnly: true}, {signal})).toEqual([])
    const {banks} = await listBanks(jane, {names: ['alu'], failedOnly: true, types: []}, {signal})
    expect(banks.map(found => [found.name, bankMark(found).word])).toEqual([['alu', 'cancelled']])
    const failed = await readFailedBanks(client(site.user('jane').apiKey), {signal})
    expect(failed.map(found => [found.name, bankMark(found).word])).toEqual([['alu', 'cancelled']])
    const {banks: onBoard} = await board(jane)
    expect(onBoard).toMatchObject({value: [{name: 'alu', failed: true, cancelled: true}]})
  })
})
