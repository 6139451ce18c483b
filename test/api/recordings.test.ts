import {inspect} from 'node:util'
import nock from 'nock'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {errorFromStatus} from '../../src/api/error-mapping.js'
import {BiomajError, type ErrorCode} from '../../src/api/index.js'
import {rpc, type RpcOptions} from '../../src/api/rpc.js'
import {Transport} from '../../src/api/transport.js'
import {Secret} from '../../src/shared/secret.js'
import {linesOf} from './calls.js'
import {clientFor, type Fixture, fixtureNames, janesKey, origin, readFixture, replay, rpcOptions} from './support.js'

// What the client makes of each recording: `parsed`, or the code of its error. `unused` is a success of a route
// that the client does not know.
const expected: Record<string, 'parsed' | 'unused' | ErrorCode> = {
  aboutme: 'unused',
  'aboutme-bad-password': 'server_error',
  'aboutme-unknown-user': 'server_error',
  'bank-frozen': 'unused',
  'bank-list-admin': 'parsed',
  'bank-list-anonymous': 'parsed',
  'bank-list-empty': 'parsed',
  'bank-list-jane': 'parsed',
  'bank-list-joe': 'parsed',
  'bank-list-stranger': 'parsed',
  'bank-list-updated': 'parsed',
  'bank-never-seen-anonymous': 'login_required',
  'bank-never-updated': 'unused',
  'bank-pending': 'unused',
  'bank-private': 'unused',
  'bank-private-refused': 'server_error',
  'bank-published': 'unused',
  'bank-status-downloading': 'parsed',
  'bank-status-error': 'parsed',
  'bank-status-none': 'parsed',
  'bank-status-over': 'parsed',
  'bank-status-pending-first': 'parsed',
  'bank-status-processing': 'parsed',
  'bank-status-removals': 'parsed',
  'bank-status-skipped': 'parsed',
  'bank-unpublished': 'unused',
  'body-missing': 'server_error',
  'body-not-json': 'server_error',
  'cancel-anonymous': 'login_required',
  'cancel-idle': 'unused',
  'cancel-not-owner': 'unused',
  'check-false': 'unused',
  'check-true': 'unused',
  freeze: 'unused',
  'freeze-not-owner': 'forbidden',
  'freeze-unknown-release': 'unused',
  'front-bad-gateway': 'unreachable',
  'front-unknown-path': 'protocol',
  history: 'unused',
  'history-empty': 'unused',
  'history-limit': 'server_error',
  'key-user-service-down': 'server_error',
  'log-downloading': 'parsed',
  'log-none': 'refused',
  'log-private-not-owner': 'forbidden',
  'log-private-owner': 'parsed',
  'log-private-refused': 'forbidden',
  'log-tail': 'parsed',
  'log-whole': 'parsed',
  'maintenance-off': 'unused',
  'maintenance-on': 'unused',
  'maintenance-on-anonymous': 'login_required',
  'maintenance-on-refused': 'key_invalid',
  'maintenance-status-off': 'parsed',
  'maintenance-status-on': 'parsed',
  'method-not-allowed': 'protocol',
  'move-missing-directory': 'server_error',
  owner: 'unused',
  'owner-not-owner': 'forbidden',
  'owns-admin': 'parsed',
  'owns-anonymous': 'parsed',
  'owns-bad-key': 'parsed',
  'owns-false': 'parsed',
  'owns-true': 'parsed',
  ping: 'parsed',
  publish: 'unused',
  'publish-not-owner': 'forbidden',
  'publish-unknown-release': 'server_error',
  remove: 'unused',
  'remove-all': 'unused',
  'remove-pending': 'unused',
  'remove-release-missing': 'server_error',
  'remove-unknown-release': 'unused',
  rename: 'unused',
  repair: 'unused',
  'route-unknown': 'protocol',
  'rpc-aboutme': 'parsed',
  'rpc-aboutme-bad-password': 'bad_credentials',
  'rpc-bank-private-refused': 'forbidden',
  'rpc-bank-status-processing': 'parsed',
  'rpc-body-not-json': 'refused',
  'rpc-cancel': 'parsed',
  'rpc-datalist': 'refused',
  'rpc-history': 'parsed',
  'rpc-history-limit': 'parsed',
  'rpc-key-user-service-down': 'server_error',
  'rpc-locks-bank': 'parsed',
  'rpc-locks-maintenance': 'parsed',
  'rpc-locks-none': 'parsed',
  'rpc-maintenance-off': 'parsed',
  'rpc-maintenance-on': 'parsed',
  'rpc-maintenance-on-refused': 'key_invalid',
  'rpc-maintenance-status': 'parsed',
  'rpc-move-missing-directory': 'refused',
  'rpc-no-match': 'refused',
  'rpc-options-missing': 'refused',
  'rpc-owner': 'parsed',
  'rpc-owner-not-owner': 'forbidden',
  'rpc-publish-not-owner': 'forbidden',
  'rpc-publish-unknown-release': 'release_not_found',
  'rpc-remove': 'parsed',
  'rpc-remove-locked': 'bank_locked',
  'rpc-repair': 'parsed',
  'rpc-search': 'parsed',
  'rpc-show': 'parsed',
  'rpc-stats': 'parsed',
  'rpc-statusko': 'parsed',
  'rpc-unknown-bank-status': 'bank_not_found',
  'rpc-unknown-bank-update': 'bank_not_found',
  'rpc-update-accepted': 'parsed',
  'rpc-update-anonymous': 'login_required',
  'rpc-update-bad-key': 'key_invalid',
  'rpc-update-bogus-step': 'parsed',
  'rpc-update-locked': 'bank_locked',
  'rpc-update-two-banks': 'bank_not_found',
  'rpc-update-wrong-config': 'refused',
  'rpc-version': 'refused',
  'rpc-visibility': 'parsed',
  'rpc-visibility-bad-value': 'refused',
  'rpc-whatsup-fresh': 'parsed',
  'rpc-whatsup-running': 'parsed',
  search: 'server_error',
  show: 'parsed',
  'show-anonymous': 'key_invalid',
  'show-bad-key': 'key_invalid',
  'show-published': 'parsed',
  'show-without-body': 'server_error',
  'show-without-production': 'server_error',
  stats: 'unused',
  'status-all-up': 'parsed',
  'status-missing': 'parsed',
  'status-partly': 'parsed',
  'status-user-service-down': 'server_error',
  statusko: 'parsed',
  'statusko-anonymous': 'parsed',
  unfreeze: 'unused',
  'unknown-bank-cancel': 'unused',
  'unknown-bank-check': 'bank_not_found',
  'unknown-bank-detail': 'bank_not_found',
  'unknown-bank-freeze': 'bank_not_found',
  'unknown-bank-log': 'bank_not_found',
  'unknown-bank-owner': 'bank_not_found',
  'unknown-bank-owns': 'server_error',
  'unknown-bank-publish': 'bank_not_found',
  'unknown-bank-remove': 'bank_not_found',
  'unknown-bank-repair': 'bank_not_found',
  'unknown-bank-show': 'parsed',
  'unknown-bank-status': 'bank_not_found',
  'unknown-bank-unpublish': 'bank_not_found',
  'unknown-bank-update': 'bank_not_found',
  'unknown-bank-visibility': 'bank_not_found',
  unpublish: 'unused',
  'update-accepted': 'unused',
  'update-anonymous': 'login_required',
  'update-bad-key': 'key_invalid',
  'update-bogus-option': 'unused',
  'update-bogus-step': 'unused',
  'update-by-other-user': 'unused',
  'update-locked': 'server_error',
  'update-two-banks': 'unused',
  'update-unknown-release': 'unused',
  'update-wrong-config': 'server_error',
  version: 'server_error',
  'visibility-bad-value': 'server_error',
  'visibility-not-owner': 'forbidden',
  'visibility-private': 'unused',
  'whatsup-fresh': 'parsed',
  'whatsup-idle': 'parsed',
  'whatsup-queued-changes': 'parsed',
  'whatsup-queued-two': 'parsed',
  'whatsup-running': 'parsed',
}

beforeEach(() => nock.disableNetConnect())
afterEach(() => {
  nock.cleanAll()
  nock.enableNetConnect()
})

/** The client's own call for a recorded request, if it makes one. */
function callOf(fixture: Fixture): (() => Promise<unknown>) | undefined {
  const cluster = clientFor(fixture)
  const {method, path} = fixture.request
  const options = {attempts: 1}
  if (method === 'POST' && path === '/api/daemon') return rpcCallOf(fixture)
  if (method !== 'GET') return undefined
  const [, bank = '', what] = /^\/api\/daemon\/bank\/([^/]+)\/(status|owns|log|show)(?:\/\d+)?$/.exec(path) ?? []
  switch (what ?? path) {
    case '/api/daemon':
      return async () => cluster.daemon.ping(options)
    case '/api/daemon/status':
      return async () => cluster.daemon.services(options)
    case '/api/daemon/whatsup':
      return async () => cluster.daemon.activity(options)
    case '/api/daemon/maintenance':
      return async () => cluster.daemon.maintenance(options)
    case '/api/daemon/version':
      return async () => cluster.daemon.versions(options)
    case '/api/daemon/bank':
      return async () => cluster.banks.list(options)
    case '/api/daemon/status/ko':
      return async () => cluster.banks.failed(options)
    case 'status':
      return async () => cluster.banks.run(bank, options)
    case 'owns':
      return async () => cluster.banks.owns(bank, options)
    case 'log':
      return async () => linesOf(cluster.logs.tail(bank, {lines: 3, ...options}))
    case 'show':
      return async () => keyStateOf(fixture)
    default:
      return undefined
  }
}

async function keyStateOf(fixture: Fixture): Promise<void> {
  const state = await clientFor(fixture, {apiKey: new Secret(janesKey)}).account.keyState({attempts: 1})
  if (state !== 'valid') throw new BiomajError({code: 'key_invalid', message: 'The cluster does not know this API key'})
}

function rpcCallOf(fixture: Fixture): () => Promise<unknown> {
  const cluster = clientFor(fixture)
  const options = rpcOptions(fixture)
  const bank = typeof options['bank'] === 'string' ? options['bank'] : ''
  if (options['whatsup'] && !options['proxy']) return async () => cluster.daemon.locks()
  if (options['history']) return async () => cluster.history.list({limit: Number(options['historyLimit'])})
  if (options['stats']) return async () => cluster.banks.sizes()
  if (options['status']) return async () => cluster.banks.get(bank)
  if (options['updatecancel']) return async () => cluster.banks.cancel(bank)
  if (options['update'] && !bank.includes(',')) return async () => cluster.banks.update(bank)
  if (options['aboutme']) {
    return async () => cluster.account.aboutMe({user: 'jane', password: new Secret(String(options['userpassword']))})
  }
  const withKey = fixture.request.headers['Authorization'] !== undefined
  const transport = new Transport({url: new URL(origin), ...(withKey ? {apiKey: new Secret(janesKey)} : {})})
  return async () => rpc(transport, options as RpcOptions)
}

async function outcomeOf(fixture: Fixture): Promise<'parsed' | 'unused' | BiomajError> {
  const call = callOf(fixture)
  if (call) {
    replay(fixture)
    try {
      await call()
      return 'parsed'
    } catch (error) {
      if (error instanceof BiomajError) return error
      throw error
    }
  }
  const {request, response} = fixture
  if (response.status < 400) return 'unused'
  const withKey = request.headers['Authorization'] !== undefined
  const apiKey = withKey ? new Secret(janesKey) : undefined
  const body = typeof response.body === 'string' ? response.body : JSON.stringify(response.body)
  return errorFromStatus(response.status, body, {route: `${request.method} ${request.path}`, origin, withKey, apiKey})
}

describe('each recording', () => {
  it('has an expectation', () => {
    expect(Object.keys(expected).toSorted()).toEqual(fixtureNames)
  })

  it.for(Object.entries(expected))('%s is %s', async ([name, expectation]) => {
    const outcome = await outcomeOf(readFixture(name))
    expect(outcome instanceof BiomajError ? outcome.code : outcome).toBe(expectation)
    if (!(outcome instanceof BiomajError)) return
    expect(outcome.message).toMatch(/^[^\n]+$/)
    expect(outcome.message).not.toMatch(/<\w+>|&#|biomaj (login|banks|status)|--/)
    expect(inspect(outcome, {depth: 10})).not.toContain(janesKey)
    expect(JSON.stringify(outcome.details ?? {})).not.toContain(janesKey)
  })
})
