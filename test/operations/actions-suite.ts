/* oxlint-disable vitest/require-top-level-describe -- the caller's `describe` is around it */
import {readdir} from 'node:fs/promises'
import {afterAll, beforeAll, expect, it} from 'vitest'
import {BiomajClient, type BiomajError, Secret} from '../../src/api/index.js'
import {type ActionResult, ownBank} from '../../src/operations/actions/action.js'
import {checkBank} from '../../src/operations/actions/check.js'
import {freezeRelease, unfreezeRelease} from '../../src/operations/actions/freeze.js'
import {setMaintenance} from '../../src/operations/actions/maintenance.js'
import {publishRelease, unpublishBank} from '../../src/operations/actions/publish.js'
import {removeBank, removePendingReleases, removeRelease} from '../../src/operations/actions/remove.js'
import {repairBank} from '../../src/operations/actions/repair.js'
import {systemClock} from '../../src/shared/clock.js'
import {failureOf} from '../api/calls.js'
import type {TestCluster} from '../support/embedded-cluster/index.js'
import {bank, fails, waitsForGate} from '../support/real-cluster/banks.js'
import {until} from '../support/until.js'
import {startLocalUpstream} from '../support/upstream/index.js'

const options = {signal: new AbortController().signal, clock: systemClock}

function expectDone(result: ActionResult, expected: Partial<ActionResult>): void {
  expect(result).toEqual({release: null, state: 'done', message: null, job: null, bank: 'alu', ...expected})
}

/** What the actions must do on any cluster. The tests build on each other. */
export function actionsOn(start: () => Promise<TestCluster>, {tellsJobs}: {tellsJobs: boolean}): void {
  let site: TestCluster
  let upstream: Awaited<ReturnType<typeof startLocalUpstream>>
  let jane: BiomajClient
  let joe: BiomajClient
  let admin: BiomajClient

  const client = (apiKey?: string) =>
    new BiomajClient({url: new URL(site.url), ...(apiKey === undefined ? {} : {apiKey: new Secret(apiKey)})})
  const releases = async (name = 'alu') =>
    (await jane.banks.get(name)).releases.map(({release, published, frozen}) => ({release, published, frozen}))
  const idle = async () => {
    const {queueDepth, daemons} = await jane.daemon.activity()
    return queueDepth === 0 && daemons.every(daemon => daemon.bank === undefined)
  }
  const ended = async (what: string, count: number) =>
    until(what, async () => (await jane.history.list({limit: 0})).length >= count && (await idle()), {everyMs: 50})
  const update = async (name: string, publish = false) => {
    const before = (await jane.history.list({limit: 0})).length
    await jane.banks.update(name, {publish})
    await ended(`the update of ${name}`, before + 1)
  }
  const expectQueued = (result: ActionResult, expected: Partial<ActionResult>) =>
    expect(result).toEqual({
      bank: 'alu',
      release: null,
      state: 'queued',
      message: expect.stringMatching(/\S/) as string,
      job: tellsJobs ? (expect.any(String) as string) : null,
      ...expected,
    })
  /** Nothing reached the cluster's queue or the bank. */
  const refused = async (call: () => Promise<unknown>): Promise<BiomajError> => {
    const [history, state] = [(await jane.history.list({limit: 0})).length, await releases()]
    const error = await failureOf(call())
    expect(await idle()).toBe(true)
    expect([(await jane.history.list({limit: 0})).length, await releases()]).toEqual([history, state])
    return error
  }

  beforeAll(async () => {
    upstream = await startLocalUpstream()
    site = await start()
    jane = client(site.user('jane').apiKey)
    joe = client(site.user('joe').apiKey)
    admin = client(site.user('admin').apiKey)
    await upstream.put('/alu/alu.n', '>one\nACGT\n', new Date('2026-11-20T10:00:00Z'))
    await site.addBank(bank('alu', {source: upstream.source('/alu'), keepOldVersions: 5}), 'jane')
    await update('alu', true)
    await upstream.put('/alu/alu.n', '>two\nACGTT\n', new Date('2026-11-21T10:00:00Z'))
    await update('alu')
  })
  afterAll(async () => {
    await site.stop()
    await upstream.stop()
  })

  it('publishes a release, the newest when none is named, and takes it away again', async () => {
    expectDone(await unpublishBank(jane, {bank: 'alu'}, options), {action: 'unpublish', release: '2026-11-20'})
    expect((await releases()).map(({published}) => published)).toEqual([false, false])
    expectDone(await publishRelease(jane, {bank: 'alu'}, options), {action: 'publish', release: '2026-11-21'})
    expect((await jane.banks.get('alu')).publishedRelease).toBe('2026-11-21')
    expectDone(await publishRelease(jane, {bank: 'alu', release: 'alu_2026-11-20'}, options), {
      action: 'publish',
      release: '2026-11-20',
    })
    expect((await jane.banks.get('alu')).publishedRelease).toBe('2026-11-20')
  })

  it('freezes a release once, by its name or its directory', async () => {
    const frozen = await freezeRelease(jane, {bank: 'alu', release: 'alu_2026-11-21'}, options)
    expectDone(frozen, {action: 'freeze', release: '2026-11-21'})
    expect((await releases()).map(release => release.frozen)).toEqual([false, true])
    const again = await freezeRelease(jane, {bank: 'alu', release: '2026-11-21'}, options)
    expectDone(again, {action: 'freeze', release: '2026-11-21', state: 'nothing_to_do'})
  })

  it('removes neither what is frozen nor what is published', async () => {
    expect(await refused(async () => removeRelease(jane, {bank: 'alu', release: '2026-11-21'}, options))).toMatchObject(
      {code: 'refused', message: 'alu 2026-11-21 is frozen and cannot be removed'},
    )
    expect(await refused(async () => removeRelease(jane, {bank: 'alu', release: '2026-11-20'}, options))).toMatchObject(
      {code: 'refused', message: 'alu 2026-11-20 is published and cannot be removed'},
    )
    expect(await refused(async () => removeBank(jane, {bank: 'alu'}, options))).toMatchObject({
      code: 'refused',
      message: 'alu has frozen releases (2026-11-21) and is not removed',
    })
  })

  it.for([
    ['publish', async (who: BiomajClient, name: string) => publishRelease(who, {bank: name}, options)],
    ['unpublish', async (who: BiomajClient, name: string) => unpublishBank(who, {bank: name}, options)],
    ['freeze', async (who: BiomajClient, name: string) => freezeRelease(who, {bank: name, release: '1'}, options)],
    ['unfreeze', async (who: BiomajClient, name: string) => unfreezeRelease(who, {bank: name, release: '1'}, options)],
    ['remove', async (who: BiomajClient, name: string) => removeRelease(who, {bank: name, release: '1'}, options)],
    ['remove all', async (who: BiomajClient, name: string) => removeBank(who, {bank: name, force: true}, options)],
    ['remove pending', async (who: BiomajClient, name: string) => removePendingReleases(who, {bank: name}, options)],
    ['repair', async (who: BiomajClient, name: string) => repairBank(who, {bank: name}, options)],
  ] as const)('lets only the owner %s', async ([, act]) => {
    expect(await refused(async () => act(joe, 'alu'))).toMatchObject({code: 'forbidden'})
    expect(await refused(async () => act(client(), 'alu'))).toMatchObject({code: 'login_required'})
    expect(await refused(async () => act(client('WRONGKEY00'), 'alu'))).toMatchObject({code: 'key_invalid'})
    expect(await refused(async () => act(jane, 'nosuchbank'))).toMatchObject({code: 'bank_not_found'})
  })

  it('knows the releases, of which BioMAJ would believe anything', async () => {
    const unknown = {bank: 'alu', release: '1999'}
    for (const act of [publishRelease, freezeRelease, unfreezeRelease, removeRelease, repairBank]) {
      expect(await refused(async () => act(jane, unknown, options))).toMatchObject({
        code: 'release_not_found',
        hint: 'It has: 2026-11-20, 2026-11-21.',
      })
    }
    expect(await refused(async () => removePendingReleases(jane, unknown, options))).toMatchObject({
      code: 'release_not_found',
    })
  })

  it('puts the cluster into maintenance, for its administrators alone, where nothing is removed', async () => {
    expectDone(await unfreezeRelease(jane, {bank: 'alu', release: '2026-11-21'}, options), {
      action: 'unfreeze',
      release: '2026-11-21',
    })
    expect(await failureOf(setMaintenance(jane, {on: true}, options))).toMatchObject({code: 'forbidden'})
    expect(await failureOf(setMaintenance(client(), {on: true}, options))).toMatchObject({code: 'login_required'})
    expect(await failureOf(setMaintenance(client('WRONGKEY00'), {on: true}, options))).toMatchObject({
      code: 'key_invalid',
    })
    expect(await jane.daemon.maintenance()).toBe(false)
    expect(await setMaintenance(admin, {on: true}, options)).toMatchObject({state: 'done', bank: null})
    expect(await jane.daemon.maintenance()).toBe(true)
    for (const act of [removeRelease, repairBank]) {
      expect(await refused(async () => act(jane, {bank: 'alu', release: '2026-11-21'}, options))).toMatchObject({
        code: 'maintenance',
      })
    }
    expect(await setMaintenance(admin, {on: false}, options)).toMatchObject({state: 'done', bank: null})
    expect(await jane.daemon.maintenance()).toBe(false)
  })

  it('removes a release', async () => {
    const history = (await jane.history.list({limit: 0})).length
    const removal = await removeRelease(jane, {bank: 'alu', release: '2026-11-21'}, options)
    expectQueued(removal, {action: 'remove', release: '2026-11-21'})
    await ended('the removal', history + 1)
    expect(await releases()).toEqual([{release: '2026-11-20', published: true, frozen: false}])
  })

  it('checks the properties of a bank', async () => {
    expect(await checkBank(jane, {bank: 'alu'}, options)).toMatchObject({bank: 'alu', valid: true})
    const broken = bank('broken', {source: upstream.source('/alu')})
    await site.addBank({...broken, properties: {...broken.properties, 'local.files': ''}}, 'jane')
    const {valid, findings} = await checkBank(jane, {bank: 'broken'}, options)
    expect([valid, findings === null || findings.length > 0]).toEqual([false, true])
    expect(await failureOf(checkBank(jane, {bank: 'nosuchbank'}, options))).toMatchObject({code: 'bank_not_found'})
    expect(await failureOf(repairBank(jane, {bank: 'broken'}, options))).toMatchObject({code: 'refused'})
  })

  it('repairs a bank whose last run failed, and removes what the run left', async () => {
    await site.addBank(bank('failing', {source: upstream.source('/alu'), processes: [fails()]}), 'jane')
    await update('failing')
    expect(await jane.banks.failed()).toContain('failing')
    const history = (await jane.history.list({limit: 0})).length
    expectQueued(await repairBank(jane, {bank: 'failing'}, options), {action: 'repair', bank: 'failing'})
    await ended('the repair', history + 1)
    expect(await jane.banks.failed()).not.toContain('failing')

    await site.addBank(bank('left', {source: upstream.source('/alu'), processes: [fails()]}), 'jane')
    await update('left')
    expect((await jane.banks.get('left')).pending).toHaveLength(1)
    const removal = await removePendingReleases(jane, {bank: 'left', release: '2026-11-21'}, options)
    expectQueued(removal, {action: 'remove-pending', bank: 'left', release: '2026-11-21'})
    await until('the pending release is gone', async () => (await jane.banks.get('left')).pending.length === 0)
    expectDone(await removePendingReleases(jane, {bank: 'left'}, options), {
      action: 'remove-pending',
      bank: 'left',
      state: 'nothing_to_do',
    })
  })

  it('disturbs no run that is under way', async () => {
    await site.addBank(bank('slow', {source: upstream.source('/alu'), processes: [waitsForGate('slow')]}), 'jane')
    const history = (await jane.history.list({limit: 0})).length
    await jane.banks.update('slow')
    await until('it runs', async () => (await jane.daemon.locks()).banks.includes('slow'))
    expect(await failureOf(repairBank(jane, {bank: 'slow'}, options))).toMatchObject({code: 'bank_busy'})
    expect(await failureOf(removeBank(jane, {bank: 'slow'}, options))).toMatchObject({code: 'bank_busy'})
    await site.openGate('slow')
    await ended('the update', history + 1)
  })

  it('removes a bank with all that it has', async () => {
    await freezeRelease(jane, {bank: 'alu', release: '2026-11-20'}, options)
    expectQueued(await removeBank(jane, {bank: 'alu', force: true}, options), {action: 'remove-all'})
    await until('it is gone', async () => (await jane.banks.list()).every(({name}) => name !== 'alu'))
    expect(await readdir(site.paths.db)).not.toContain('alu')
  })

  it('does not send after an interruption', async () => {
    const reason = new Error('stop')
    const signal = AbortSignal.abort(reason)
    await expect(ownBank(jane, 'left', {signal})).rejects.toBe(reason)
    await expect(unpublishBank(jane, {bank: 'left'}, {...options, signal})).rejects.toBe(reason)
  })
}
