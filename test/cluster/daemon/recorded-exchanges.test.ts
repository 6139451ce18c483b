import {readdir, readFile} from 'node:fs/promises'
import {afterAll, afterEach, beforeAll, describe, expect, it} from 'vitest'
import {type Asked, startSite, type TestSite, type Who} from './support/site.ts'
import {
  downloading,
  failedAtOnce,
  files,
  frozen,
  history,
  inMaintenance,
  inProduction,
  logged,
  ofJoe,
  processing,
  published,
  publishedAgain,
  queued,
  queuedChanges,
  ran,
  removals,
  secretAtOnce,
  seen,
  seenWithOther,
  type Situation,
  skipped,
} from './support/situations.ts'

interface Fixture {
  request: {method: string; path: string; headers: Record<string, string>; body?: unknown}
  response: {status: number; body: unknown}
}

const folder = new URL('../../fixtures/wire/', import.meta.url)
const read = async (name: string) => JSON.parse(await readFile(new URL(`${name}.json`, folder), 'utf8')) as Fixture
const nothing: Situation = async () => Promise.resolve()
const withLog =
  (bank: string, name: string, before = ''): Situation =>
  async site =>
    logged(bank, before + ((await read(name)).response.body as string))(site)

/** Exchanges that we answer as BioMAJ did, with no more than members of our own beside them. */
const same: Record<string, Situation> = {
  aboutme: nothing,
  'rpc-aboutme': nothing,
  'rpc-aboutme-bad-password': nothing,
  'bank-frozen': frozen,
  'bank-list-admin': seen,
  'bank-list-anonymous': seen,
  'bank-list-empty': nothing,
  'bank-list-jane': seen,
  'bank-list-joe': seen,
  'bank-list-stranger': seen,
  'bank-list-updated': published,
  'bank-never-updated': files,
  'bank-pending': failedAtOnce,
  'bank-private': secretAtOnce,
  'bank-published': publishedAgain,
  'bank-status-downloading': downloading,
  'bank-status-error': published,
  'bank-status-none': seen,
  'bank-status-over': ran,
  'bank-status-pending-first': queued('alu'),
  'bank-status-processing': processing,
  'bank-status-removals': removals,
  'bank-status-skipped': skipped,
  'bank-unpublished': inProduction,
  'cancel-idle': queued('alu'),
  'check-false': seen,
  'check-true': seen,
  freeze: published,
  'history-empty': nothing,
  'log-downloading': withLog('alu', 'log-downloading'),
  'log-none': seen,
  'log-private-not-owner': published,
  'log-private-owner': withLog('secret', 'log-private-owner'),
  'log-private-refused': published,
  'log-tail': withLog('alu', 'log-tail', 'earlier\n'),
  'log-whole': withLog('alu', 'log-whole'),
  'maintenance-off': inMaintenance,
  'maintenance-on': nothing,
  'maintenance-status-off': nothing,
  'maintenance-status-on': inMaintenance,
  owner: published,
  'owns-admin': seen,
  'owns-anonymous': seen,
  'owns-bad-key': seen,
  'owns-false': seen,
  'owns-true': seen,
  ping: nothing,
  publish: inProduction,
  'remove-all': seenWithOther,
  'remove-pending': published,
  remove: inProduction,
  repair: published,
  'rpc-bank-private-refused': seen,
  'rpc-bank-status-processing': processing,
  'rpc-cancel': processing,
  'rpc-datalist': nothing,
  'rpc-locks-bank': downloading,
  'rpc-locks-maintenance': inMaintenance,
  'rpc-locks-none': nothing,
  'rpc-maintenance-off': inMaintenance,
  'rpc-maintenance-on-refused': nothing,
  'rpc-maintenance-on': nothing,
  'rpc-maintenance-status': inMaintenance,
  'rpc-move-missing-directory': published,
  'rpc-no-match': nothing,
  'rpc-options-missing': nothing,
  'rpc-owner-not-owner': ofJoe,
  'rpc-owner': ofJoe,
  'rpc-publish-not-owner': published,
  'rpc-publish-unknown-release': published,
  'rpc-remove-locked': downloading,
  'rpc-remove': inProduction,
  'rpc-repair': published,
  'rpc-search': published,
  'rpc-show': inProduction,
  'rpc-statusko': failedAtOnce,
  'rpc-unknown-bank-status': nothing,
  'rpc-unknown-bank-update': nothing,
  'rpc-update-accepted': seenWithOther,
  'rpc-update-anonymous': seen,
  'rpc-update-bad-key': seen,
  'rpc-update-locked': downloading,
  'rpc-update-wrong-config': seen,
  'rpc-visibility-bad-value': published,
  'rpc-visibility': published,
  'rpc-whatsup-fresh': nothing,
  'rpc-whatsup-running': downloading,
  'show-published': published,
  show: inProduction,
  'statusko-anonymous': failedAtOnce,
  statusko: failedAtOnce,
  unfreeze: frozen,
  'unknown-bank-log': nothing,
  unpublish: published,
  'update-accepted': seen,
  'update-bogus-option': seen,
  'update-two-banks': seenWithOther,
  'visibility-private': published,
  'whatsup-fresh': nothing,
  'whatsup-idle': ran,
  'whatsup-queued-changes': queuedChanges,
  'whatsup-queued-two': queued('alu', 'other'),
  'whatsup-running': downloading,
}

/** Exchanges that BioMAJ fails in, and we refuse with a reason. */
const refused: Record<string, [situation: Situation, status: number, code: string]> = {
  'aboutme-bad-password': [nothing, 401, 'bad_credentials'],
  'aboutme-unknown-user': [nothing, 401, 'bad_credentials'],
  'bank-private-refused': [seen, 403, 'forbidden'],
  'body-not-json': [seen, 400, 'usage'],
  'cancel-anonymous': [seen, 401, 'login_required'],
  'freeze-not-owner': [published, 403, 'forbidden'],
  'maintenance-on-anonymous': [nothing, 401, 'login_required'],
  'maintenance-on-refused': [nothing, 401, 'forbidden'],
  'method-not-allowed': [nothing, 405, 'usage'],
  'move-missing-directory': [published, 422, 'refused'],
  'owner-not-owner': [ofJoe, 403, 'forbidden'],
  'publish-not-owner': [published, 403, 'forbidden'],
  'publish-unknown-release': [published, 404, 'release_not_found'],
  'remove-release-missing': [published, 400, 'usage'],
  'route-unknown': [nothing, 404, 'usage'],
  'show-anonymous': [published, 401, 'login_required'],
  'show-bad-key': [published, 401, 'key_invalid'],
  'update-anonymous': [seen, 401, 'login_required'],
  'update-bad-key': [seen, 401, 'key_invalid'],
  'update-locked': [downloading, 409, 'bank_locked'],
  'update-wrong-config': [seen, 422, 'refused'],
  'visibility-bad-value': [published, 400, 'usage'],
  'visibility-not-owner': [published, 403, 'forbidden'],
  ...Object.fromEntries(
    ['cancel', 'check', 'detail', 'freeze', 'owner', 'owns', 'publish', 'remove', 'repair', 'show', 'status'].map(
      route => [`unknown-bank-${route}`, [nothing, 404, 'bank_not_found']] as const,
    ),
  ),
  ...Object.fromEntries(
    ['unpublish', 'update', 'visibility'].map(
      route => [`unknown-bank-${route}`, [nothing, 404, 'bank_not_found']] as const,
    ),
  ),
  // Accepted by BioMAJ, to be dropped later without a word, or to do harm.
  'cancel-not-owner': [seen, 403, 'forbidden'],
  'freeze-unknown-release': [published, 404, 'release_not_found'],
  'remove-unknown-release': [published, 404, 'release_not_found'],
  rename: [seenWithOther, 403, 'forbidden'],
  'update-bogus-step': [seen, 400, 'usage'],
  'update-by-other-user': [seen, 403, 'forbidden'],
  'update-unknown-release': [seen, 404, 'release_not_found'],
}

/** Exchanges in which BioMAJ is wrong in another way; each with what we say. */
const better: Record<string, [situation: Situation, expected: unknown]> = {
  'bank-never-seen-anonymous': [files, {bank: {info: {details: [['alu', 'nucleic', 'N/A', 'N/A']]}, pending: []}}],
  'body-missing': [inProduction, {msg: null}],
  // The bank of somebody else is private: BioMAJ shows it to everybody.
  history: [
    history('all'),
    {history: [['failing', 'update'], ['alu'], ['alu']].map(row => expect.arrayContaining(row) as unknown)},
  ],
  'rpc-history': [
    history('all'),
    {msg: {history: [['failing'], ['alu'], ['alu']].map(row => expect.arrayContaining(row) as unknown)}},
  ],
  'history-limit': [
    history('recent'),
    {history: [expect.arrayContaining(['failing']), expect.arrayContaining(['alu'])]},
  ],
  'rpc-history-limit': [
    history('recent'),
    {msg: {history: [expect.arrayContaining(['failing']), expect.arrayContaining(['alu'])]}},
  ],
  'rpc-body-not-json': [nothing, {status: false, msg: expect.stringMatching(/^400 Bad Request/) as unknown}],
  'rpc-stats': [
    published,
    {
      msg: {
        stats: [
          ['alu', 'All', '1418'],
          ['', '2025-11-20', '1418'],
          ['broken', 'All', '0'],
          ['failing', 'All', '0'],
          ['other', 'All', '0'],
        ],
      },
    },
  ],
  stats: [
    published,
    {
      stats: [
        ['alu', 'All', '1418'],
        ['', '2025-11-20', '1418'],
        ['broken', 'All', '0'],
        ['failing', 'All', '0'],
        ['other', 'All', '0'],
      ],
    },
  ],
  'rpc-update-bogus-step': [seen, {status: false, msg: 'Invalid step: nosuchstep'}],
  'rpc-update-two-banks': [
    seenWithOther,
    {status: true, msg: 'Bank update request sent for alu\nBank update request sent for other\n'},
  ],
  'rpc-version': [
    nothing,
    {
      status: true,
      msg: {
        version: [
          ['biomaj', '9.8.7', null],
          ['biomaj-daemon', '9.8.7', null],
        ],
      },
    },
  ],
  version: [
    nothing,
    {
      version: [
        ['biomaj', '9.8.7', null],
        ['biomaj-daemon', '9.8.7', null],
      ],
    },
  ],
  search: [published, {matches: [['alu', '2025-11-20', ['fasta'], ['nucleic'], 'yes']]}],
  'show-without-body': [inProduction, {details: [['alu', '2025-11-20', 'fasta', [['nucleic']], ['human'], ['alu.n']]]}],
  'show-without-production': [seen, {details: [], headers: expect.arrayContaining(['Name', 'File(s)']) as unknown}],
}

/** Of the parts around the daemon, which are other ones here. */
const elsewhere = [
  'front-bad-gateway',
  'front-unknown-path',
  'key-user-service-down',
  'rpc-key-user-service-down',
  'status-all-up',
  'status-missing',
  'status-partly',
  'status-user-service-down',
]

const additions = new Set(['biomaj', 'error', 'findings', 'job', 'jobs', 'release', 'runs'])
const withoutAdditions = (body: unknown) =>
  typeof body === 'object' && body !== null
    ? Object.fromEntries(Object.entries(body).filter(([member]) => !additions.has(member)))
    : body

function askedIn({request: {method, path, headers, body}}: Fixture): Asked {
  const who = /<key of (\w+)>/.exec(headers['Authorization'] ?? '')?.[1] as Who | undefined
  return {method, path, who, body}
}

describe('exchanges recorded from BioMAJ', () => {
  let site: TestSite
  const timeZone = process.env['TZ']

  beforeAll(() => {
    // The recording servers' local time is an hour ahead.
    process.env['TZ'] = 'Etc/GMT-1'
  })
  afterAll(() => {
    if (timeZone === undefined) delete process.env['TZ']
    else process.env['TZ'] = timeZone
  })
  afterEach(async () => site.close())

  const replay = async (name: string, situation: Situation) => {
    site = await startSite()
    await situation(site)
    const fixture = await read(name)
    return {told: await site.ask(askedIn(fixture)), recorded: fixture.response}
  }

  it.for(Object.entries(same))('%s is answered alike', async ([name, situation]) => {
    const {told, recorded} = await replay(name, situation)
    expect([told.status, withoutAdditions(told.body)]).toEqual([recorded.status, recorded.body])
  })

  it.for(Object.entries(refused))('%s is refused with its reason', async ([name, [situation, status, code]]) => {
    const {told, recorded} = await replay(name, situation)
    expect([told.status, told.body]).toEqual([
      status,
      expect.objectContaining({msg: expect.stringMatching(/./), error: expect.objectContaining({code})}),
    ])
    const reason = /<p>(.*?)<\/p>/s.exec(String(recorded.body))?.[1]
    // Where BioMAJ gave a reason, it is the same one.
    const wanted = reason === undefined || reason.startsWith('The ') ? {} : {msg: reason}
    expect(told.body).toMatchObject(wanted)
  })

  it.for(Object.entries(better))('%s is answered better', async ([name, [situation, expected]]) => {
    const {told} = await replay(name, situation)
    expect([told.status, told.body]).toMatchObject([200, expected])
  })

  it('are all accounted for', async () => {
    site = await startSite()
    const recorded = (await readdir(folder)).flatMap(file => (file.endsWith('.json') ? [file.slice(0, -5)] : []))
    const known = [...Object.keys(same), ...Object.keys(refused), ...Object.keys(better), ...elsewhere]
    expect(known.toSorted()).toEqual(recorded.toSorted())
  })
})
