import nock from 'nock'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {BiomajClient, Secret} from '../../src/api/index.js'
import {failureOf} from './calls.js'
import {origin, readFixture, replay} from './support.js'

beforeEach(() => nock.disableNetConnect())
afterEach(() => {
  nock.cleanAll()
  nock.enableNetConnect()
})

const cluster = new BiomajClient({url: new URL(origin), apiKey: new Secret('KEY-OF-A-TEST')})
const {releases, banks, daemon} = cluster
const through = {proxy: true, json: true}

function answer(body: Record<string, unknown>): Parameters<typeof replay>[0] {
  return {response: {status: 200, headers: {'content-type': 'application/json'}, body}}
}
const done = answer({status: true, msg: null})

describe('actions on releases', () => {
  it.for([
    ['publish', async () => releases.publish('alu', '1'), {publish: true, bank: 'alu', release: '1'}],
    ['publish the newest', async () => releases.publish('alu', undefined), {publish: true, bank: 'alu', release: null}],
    ['unpublish', async () => releases.unpublish('alu'), {unpublish: true, bank: 'alu'}],
    ['freeze', async () => releases.freeze('alu', '1'), {freeze: true, bank: 'alu', release: '1'}],
    ['unfreeze', async () => releases.unfreeze('alu', '1'), {unfreeze: true, bank: 'alu', release: '1'}],
    ['remove', async () => releases.remove('alu', '1'), {remove: true, bank: 'alu', release: '1'}],
    ['remove all', async () => releases.removeAll('alu', {force: true}), {removeall: true, force: true, bank: 'alu'}],
    [
      'remove pending',
      async () => releases.removePending('alu', undefined),
      {removepending: true, bank: 'alu', release: null},
    ],
    ['repair', async () => releases.repair('alu', undefined), {repair: true, bank: 'alu', release: null}],
    ['maintenance', async () => daemon.setMaintenance(false), {maintenance: 'off'}],
  ] as const)('%s goes through the queue and by RPC, which keeps the reason of a refusal', async ([, act, options]) => {
    const sent = replay(done)
    expect(await act()).toEqual({message: null, job: null})
    expect(sent).toMatchObject([{method: 'POST', path: '/api/daemon'}])
    expect(sent.map(({body}) => body)).toEqual([{options: {...through, ...options}}])
  })

  it.for([
    ['rpc-remove', 'Bank removal request sent'],
    ['rpc-repair', 'Bank repair request sent for alu'],
    ['rpc-maintenance-on', 'Maintenance set to On'],
  ] as const)('tell the words of the server (%s)', async ([name, message]) => {
    replay(readFixture(name))
    expect(await releases.remove('alu', '1')).toEqual({message, job: null})
  })

  it('tell the job that a request became, where the cluster does', async () => {
    replay(answer({status: true, msg: 'Request sent', job: 'j7'}))
    expect(await releases.removePending('alu', '1')).toEqual({message: 'Request sent', job: 'j7'})
  })

  it.for([
    ['rpc-publish-unknown-release', 'release_not_found'],
    ['rpc-publish-not-owner', 'forbidden'],
    ['rpc-remove-locked', 'bank_locked'],
    ['rpc-unknown-bank-update', 'bank_not_found'],
    ['rpc-update-wrong-config', 'refused'],
    ['rpc-update-anonymous', 'key_invalid'],
  ] as const)('fail although the status is 200 (%s)', async ([name, code]) => {
    replay(readFixture(name))
    expect(await failureOf(releases.publish('alu', '1'))).toMatchObject({code})
  })

  it('take the reason and the way out that a cluster tells beside the words of BioMAJ', async () => {
    const error = {code: 'refused', message: 'Release 1 is frozen and cannot be removed', hint: 'Unfreeze it first.'}
    replay(answer({status: false, msg: 'Release 1 is frozen', error}))
    expect(await failureOf(releases.remove('alu', '1'))).toMatchObject(error)
  })

  it('believe no code that a cluster cannot know', async () => {
    replay(answer({status: false, msg: 'no', error: {code: 'interrupted', message: 'no\u001b[2J'}}))
    expect(await failureOf(releases.remove('alu', '1'))).toMatchObject({
      code: 'refused',
      message: expect.not.stringContaining('\u001b') as string,
    })
  })

  it.for(['', 'a,b'])('take no %j for a bank, which BioMAJ would take for several or for all', async name => {
    expect(await failureOf(releases.removeAll(name, {force: false}))).toMatchObject({code: 'usage'})
  })
})

describe('the check of a bank', () => {
  it.for([
    ['check-true', 'alu', true],
    ['check-false', 'broken', false],
  ] as const)('is a verdict without causes of BioMAJ (%s)', async ([name, bank, valid]) => {
    // The RPC carries as `msg` what was recorded of the REST route.
    const sent = replay(answer({status: true, ...(readFixture(name).response.body as {msg: string})}))
    expect(await banks.check(bank)).toEqual({bank, valid, findings: null})
    expect(sent).toMatchObject([{method: 'POST', body: {options: {...through, check: true, bank}}}])
  })

  it('has the causes of a cluster that tells them', async () => {
    const finding = {
      severity: 'error',
      rule: 'required',
      key: 'local.files',
      line: 3,
      message: 'is missing',
      hint: null,
    }
    replay(answer({status: true, msg: 'alu check: False\n', findings: [finding]}))
    expect(await banks.check('alu')).toEqual({bank: 'alu', valid: false, findings: [finding]})
  })

  it.for([{msg: 'alu check: Maybe\n'}, {msg: null}, {msg: 'alu check: True\n', findings: 'none'}])(
    'is no verdict in %j',
    async body => {
      replay(answer({status: true, ...body}))
      expect(await failureOf(banks.check('alu'))).toMatchObject({code: 'protocol'})
    },
  )
})
