/**
 * Records what unmodified BioMAJ answers: `node scripts/record-wire.ts` rewrites test/fixtures/wire.
 * One file is one exchange. Times, addresses and folders are evened out, so a second run shows real changes only.
 */
import {spawnSync} from 'node:child_process'
import {request} from 'node:http'
import {mkdir, readdir, readFile, rm, writeFile} from 'node:fs/promises'
import path from 'node:path'
import {fileURLToPath} from 'node:url'
import {anonymise} from '../test/support/real-cluster/anonymise.ts'
import type {Machine} from '../test/support/real-cluster/anonymise.ts'
import {bank, fails, succeeds, waitsForGate} from '../test/support/real-cluster/banks.ts'
import {startRealCluster} from '../test/support/real-cluster/index.ts'
import type {RealCluster} from '../test/support/real-cluster/index.ts'
import {startHttpUpstream} from '../test/support/upstream/index.ts'
import type {HttpUpstream} from '../test/support/upstream/index.ts'

const fixtures = fileURLToPath(new URL('../test/fixtures/', import.meta.url))
const target = path.join(fixtures, 'wire')
const command = 'node scripts/record-wire.ts'

type Who = 'admin' | 'jane' | 'joe' | 'stranger'

interface Asked {
  method?: string
  path: string
  who?: Who
  /** JSON body; a string is sent as it is. */
  body?: unknown
}

interface Recorder {
  (name: string, description: string, asked: Asked): Promise<string>
}

/** File contents by name, written only when the whole recording succeeded. */
const exchanges = new Map<string, string>()

const versions = Object.fromEntries(
  ['python3-biomaj3', 'python3-biomaj3-core', 'python3-biomaj3-daemon', 'python3-biomaj3-user'].map(name => {
    const {stdout} = spawnSync('dpkg-query', ['-W', '-f', '${Version}', name], {encoding: 'utf8'})
    return [name, stdout]
  }),
)

const rpc = (options: Record<string, unknown>, who?: Who): Asked => ({
  method: 'POST',
  path: '/api/daemon',
  body: {options},
  ...(who === undefined ? {} : {who}),
})

const at = (method: string, route: string, who?: Who, body: unknown = {}): Asked => ({
  method,
  path: `/api/daemon/${route}`,
  body,
  ...(who === undefined ? {} : {who}),
})

const get = (route: string, who?: Who): Asked => ({
  path: `/api/daemon${route === '' ? '' : `/${route}`}`,
  ...(who === undefined ? {} : {who}),
})

function recorder(cluster: RealCluster, machine: Machine): Recorder {
  return async (name, description, asked) => {
    const {method = 'GET', who, body} = asked
    const headers: Record<string, string> = {}
    if (who !== undefined) {
      const apiKey = who === 'stranger' ? 'NOSUCHKEY0' : cluster.user(who).apiKey
      headers['Authorization'] = `APIKEY ${apiKey}`
      headers['X-API-KEY'] = apiKey
    }
    if (body !== undefined) headers['Content-Type'] = 'application/json'
    const {status, contentType, text} = await exchangeBytes(new URL(asked.path, cluster.url), method, headers, body)
    const exchange = {
      name,
      description,
      request: {
        method,
        path: asked.path,
        headers: Object.fromEntries(
          Object.entries(headers).map(([header, value]) => [
            header,
            who === undefined ? value : value.replace(/[A-Z0-9]{10}$/u, `<key of ${who}>`),
          ]),
        ),
        ...(body === undefined ? {} : {body}),
      },
      response: {
        status,
        headers: {'content-type': contentType},
        body: contentType === 'application/json' ? (JSON.parse(text) as unknown) : text,
      },
      recordedWith: {...versions, command},
    }
    exchanges.set(name, `${anonymise(JSON.stringify(exchange, null, 2), machine)}\n`)
    return text
  }
}

interface Answer {
  status: number
  contentType: string | undefined
  text: string
}

/** Not `fetch`: BioMAJ's `show` is a GET with a body. */
async function exchangeBytes(
  url: URL,
  method: string,
  headers: Record<string, string>,
  body: unknown,
): Promise<Answer> {
  return await new Promise((resolve, reject) => {
    const sent = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body)
    const length = body === undefined ? {} : {'Content-Length': String(Buffer.byteLength(sent))}
    const asking = request(url, {method, headers: {...headers, ...length}}, response => {
      let text = ''
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part
      })
      response.on('error', reject).on('end', () => {
        resolve({status: response.statusCode ?? 0, contentType: response.headers['content-type'], text})
      })
    })
    asking.on('error', reject)
    asking.end(sent)
  })
}

async function until(what: string, check: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 20_000
  while (!(await check())) {
    if (Date.now() > deadline) throw new Error(`Waited too long until ${what}`)
    await new Promise(resolve => setTimeout(resolve, 30))
  }
}

const idle = async (cluster: RealCluster) =>
  await until('the cluster is idle', async () => {
    const {text} = await cluster.request({path: '/api/daemon/whatsup'})
    const {services} = JSON.parse(text) as {services: string[][]}
    return services[0]?.[1] === '0' && services.slice(1).every(([, , action]) => action === 'pending')
  })

const update = async (cluster: RealCluster, name: string) => {
  const {status, text} = await cluster.request({
    method: 'POST',
    path: `/api/daemon/bank/${name}`,
    apiKey: cluster.user('jane').apiKey,
    body: {},
  })
  if (status !== 200) throw new Error(`Update of ${name}: ${text}`)
}

const tookUp = async (cluster: RealCluster, name: string) =>
  await until(`${name} runs`, async () => {
    const {text} = await cluster.request({path: '/api/daemon/whatsup'})
    return text.includes(`"${name}","update"`)
  })

const finish = async (cluster: RealCluster, name: string) => {
  await update(cluster, name)
  await tookUp(cluster, name).catch(() => undefined)
  await idle(cluster)
}

async function recordGeneral(cluster: RealCluster, record: Recorder): Promise<void> {
  await record('ping', 'The service answers', get(''))
  await record('front-unknown-path', 'The public proxy passes /api/daemon only', {path: '/api/user'})
  await record('method-not-allowed', 'A method that the route does not have', at('DELETE', 'whatsup'))
  await record('route-unknown', 'A path below /api/daemon that no route has', get('nothing'))
  await record('body-not-json', 'A body that is not JSON', at('POST', 'bank/alu', 'jane', '{"publish":'))
  await record('body-missing', 'A write without a body', {
    method: 'PUT',
    path: '/api/daemon/bank/alu/publish',
    who: 'jane',
  })
  await record('rpc-no-match', 'No option names an action: a harmless probe', rpc({}))
  await record('rpc-body-not-json', 'The RPC route with a broken body', {...rpc({}), body: '{"options":'})
  await record('rpc-options-missing', 'The RPC route without options', {...rpc({}), body: {}})
  await record('version', 'Module versions, where PyPI cannot be reached', get('version'))
  await record('rpc-version', 'Module versions by RPC, where PyPI cannot be reached', rpc({version: true, json: true}))
  await record('whatsup-fresh', 'Nothing has run since the cluster was set up', get('whatsup'))
  await record('rpc-whatsup-fresh', 'The same by RPC', rpc({whatsup: true, json: true, proxy: true}))
  await record('rpc-locks-none', 'Lock files, none: RPC whatsup without proxy', rpc({whatsup: true, json: true}))
  await record('bank-list-empty', 'No bank was ever looked at', get('bank'))
  await record('history-empty', 'Nothing has run', get('history'))
  await record('rpc-datalist', 'Bank templates, where biomaj-data is not installed', rpc({datalist: true}))

  await record('status-all-up', 'Every service is up', get('status'))
  await cluster.control.consul('biomaj-daemon', [{healthy: true}, {healthy: false}])
  await cluster.control.consul('biomaj-process', [{healthy: false}])
  await record('status-partly', 'One of two daemons is down, and the only process service', get('status'))
  await cluster.control.consul('biomaj-daemon', [{healthy: true}])
  await cluster.control.consul('biomaj-process', [{healthy: true}])
  await cluster.control.consul('biomaj-watcher', [])
  await cluster.control.consul('biomaj-cron', [])
  await cluster.control.consul('biomaj-ftp', [])
  await record('status-missing', 'Services that are not registered', get('status'))
  await cluster.control.userService('down')
  await record('status-user-service-down', 'The internal proxy is out of reach', get('status'))
  await record('key-user-service-down', 'A read with a key while the user service is down', get('bank', 'jane'))
  await record(
    'rpc-key-user-service-down',
    'An RPC with a key while the user service is down',
    rpc({statusko: true, json: true, proxy: true}, 'jane'),
  )
  await cluster.control.userService('up')
  await cluster.control.web('down')
  await record('front-bad-gateway', 'The web service behind the proxy is down', get(''))
  await cluster.control.web('up')

  await record('aboutme', 'A good password', at('POST', 'aboutme', undefined, {login: 'jane', password: 'jane-secret'}))
  await record(
    'aboutme-bad-password',
    'A wrong password',
    at('POST', 'aboutme', undefined, {login: 'jane', password: 'no'}),
  )
  await record(
    'aboutme-unknown-user',
    'An unknown user',
    at('POST', 'aboutme', undefined, {login: 'nobody', password: 'no'}),
  )
  const login = {aboutme: true, userlogin: 'jane', proxy: true, json: true}
  await record('rpc-aboutme', 'A good password', rpc({...login, userpassword: 'jane-secret'}))
  await record('rpc-aboutme-bad-password', 'A wrong password', rpc({...login, userpassword: 'no'}))
}

async function recordMaintenance(record: Recorder): Promise<void> {
  await record('maintenance-status-off', 'No maintenance', get('maintenance'))
  await record('maintenance-on-anonymous', 'Without a key', at('POST', 'maintenance'))
  await record(
    'maintenance-on-refused',
    'By a user who does not administer the cluster',
    at('POST', 'maintenance', 'jane'),
  )
  await record(
    'rpc-maintenance-on-refused',
    'The same by RPC',
    rpc({maintenance: 'on', proxy: true, json: true}, 'jane'),
  )
  await record('maintenance-on', 'By the administrator', at('POST', 'maintenance', 'admin'))
  await record('maintenance-status-on', 'In maintenance', get('maintenance'))
  await record(
    'rpc-maintenance-status',
    'In maintenance, by RPC',
    rpc({maintenance: 'status', proxy: true, json: true}),
  )
  await record('rpc-locks-maintenance', 'Maintenance is a lock named biomaj', rpc({whatsup: true, json: true}))
  await record('maintenance-off', 'By the administrator', at('DELETE', 'maintenance', 'admin'))
  await record(
    'rpc-maintenance-on',
    'By the administrator, by RPC',
    rpc({maintenance: 'on', proxy: true, json: true}, 'admin'),
  )
  await record(
    'rpc-maintenance-off',
    'By the administrator, by RPC',
    rpc({maintenance: 'off', proxy: true, json: true}, 'admin'),
  )
}

async function recordUnknownBank(cluster: RealCluster, record: Recorder): Promise<void> {
  const routes: [string, Asked][] = [
    ['detail', get('bank/nosuch')],
    ['status', get('bank/nosuch/status')],
    ['check', get('bank/nosuch/check')],
    ['owns', get('bank/nosuch/owns', 'jane')],
    ['log', get('bank/nosuch/log')],
    ['show', at('GET', 'bank/nosuch/show', 'jane')],
    ['update', at('POST', 'bank/nosuch', 'jane')],
    ['cancel', at('PUT', 'bank/nosuch/cancel', 'jane')],
    ['repair', at('PUT', 'bank/nosuch/repair', 'jane')],
    ['publish', at('PUT', 'bank/nosuch/publish', 'jane')],
    ['unpublish', at('DELETE', 'bank/nosuch/publish', 'jane')],
    ['freeze', at('PUT', 'bank/nosuch/freeze/1', 'jane')],
    ['remove', at('DELETE', 'bank/nosuch', 'jane', {release: '1'})],
    ['owner', at('PUT', 'bank/nosuch/owner/joe', 'jane')],
    ['visibility', at('PUT', 'bank/nosuch/visibility/private', 'jane')],
  ]
  for (const [route, asked] of routes) {
    await record(`unknown-bank-${route}`, 'A bank without a properties file', asked)
  }
  await record(
    'rpc-unknown-bank-status',
    'A bank without a properties file',
    rpc({bank: 'nosuch', status: true, json: true, proxy: true}),
  )
  await record(
    'rpc-unknown-bank-update',
    'A bank without a properties file',
    rpc({bank: 'nosuch', update: true, json: true, proxy: true}, 'jane'),
  )
  await cluster.control.redis('DEL', 'biomajdaemon:nosuch:action:cancel')
}

async function recordReads(cluster: RealCluster, upstream: HttpUpstream, record: Recorder): Promise<void> {
  const source = upstream.source('/alu')
  await cluster.addBank(bank('alu', {source, processes: [succeeds('index'), waitsForGate('alu', 'publishable')]}))
  await record(
    'bank-never-seen-anonymous',
    'First look at a bank, without a key: BioMAJ cannot give it an owner',
    get('bank/alu'),
  )
  await record(
    'bank-never-updated',
    'First look at a bank, with a key: it belongs to that user from now on',
    get('bank/alu', 'jane'),
  )
  await record('bank-status-none', 'A bank that was never updated', get('bank/alu/status'))
  await record('log-none', 'A bank that was never updated', get('bank/alu/log'))
  await record('show-without-production', 'A bank that was never updated', at('GET', 'bank/alu/show', 'jane'))
  await record('show-without-body', 'GET show without a JSON body', {path: '/api/daemon/bank/alu/show', who: 'jane'})
  await record('check-true', 'Good properties', get('bank/alu/check'))
  await cluster.addBank(bank('broken', {source, properties: {'local.files': ''}}), 'jane')
  await record('check-false', 'Properties without local.files', get('bank/broken/check'))
  await cluster.addBank(bank('secret', {source, visibility: 'private', type: 'protein,nucleic', publish: true}), 'jane')
  for (const who of ['jane', 'joe', 'admin', 'stranger'] as const) {
    await record(`bank-list-${who}`, `The list as ${who} sees it: jane owns the private bank`, get('bank', who))
  }
  await record('bank-list-anonymous', 'The list without a key', get('bank'))
  await record('bank-private-refused', 'A private bank of somebody else', get('bank/secret', 'joe'))
  await record(
    'rpc-bank-private-refused',
    'The same by RPC',
    rpc({bank: 'secret', status: true, json: true, proxy: true}, 'joe'),
  )
  await record('owns-true', 'The owner', get('bank/alu/owns', 'jane'))
  await record('owns-admin', 'The administrator', get('bank/alu/owns', 'admin'))
  await record('owns-false', 'Another user', get('bank/alu/owns', 'joe'))
  await record('owns-anonymous', 'Without a key', get('bank/alu/owns'))
  await record('owns-bad-key', 'A key that nobody has', get('bank/alu/owns', 'stranger'))
}

async function recordUpdates(cluster: RealCluster, upstream: HttpUpstream, record: Recorder): Promise<void> {
  await cluster.addBank(bank('other', {source: upstream.source('/other')}), 'jane')
  await record('update-anonymous', 'Without a key', at('POST', 'bank/alu'))
  await record('update-bad-key', 'A key that nobody has', at('POST', 'bank/alu', 'stranger'))
  await record('update-wrong-config', 'Properties that check refuses', at('POST', 'bank/broken', 'jane'))
  const ask = {update: true, json: true, proxy: true}
  await record('rpc-update-wrong-config', 'Properties that check refuses', rpc({...ask, bank: 'broken'}, 'jane'))
  await record('rpc-update-anonymous', 'Without a key', rpc({...ask, bank: 'alu'}))
  await record('rpc-update-bad-key', 'A key that nobody has', rpc({...ask, bank: 'alu'}, 'stranger'))

  await cluster.control.daemon('paused')
  await record('update-accepted', 'An update is put in the queue', at('POST', 'bank/alu', 'jane'))
  await record('rpc-update-accepted', 'The same by RPC', rpc({...ask, bank: 'other'}, 'jane'))
  await record('whatsup-queued-two', 'alu was asked for first and is taken first: it is the last row', get('whatsup'))
  await record('bank-status-pending-first', 'Queued, never updated', get('bank/alu/status'))
  await cluster.control.redis('DEL', 'biomajdaemon:queue')
  for (const [name, body] of [
    ['bogus-step', {from_task: 'nosuchstep'}],
    ['bogus-option', {nosuchoption: true}],
    ['unknown-release', {release: '1999-1-1'}],
  ] as const) {
    await record(`update-${name}`, 'Accepted: nothing is checked at request time', at('POST', 'bank/alu', 'jane', body))
  }
  await record('update-by-other-user', 'Accepted, although joe does not own the bank', at('POST', 'bank/alu', 'joe'))
  await record(
    'rpc-update-bogus-step',
    'Accepted by RPC too',
    rpc({...ask, bank: 'alu', from_task: 'nosuchstep'}, 'jane'),
  )
  await record('update-two-banks', 'REST takes a list', at('POST', 'bank/alu,other', 'jane'))
  await record('rpc-update-two-banks', 'RPC does not', rpc({...ask, bank: 'alu,other'}, 'jane'))
  await cluster.control.redis('DEL', 'biomajdaemon:queue')
  await cluster.control.daemon('running')

  await upstream.fail('/alu/alu.n', 'held')
  await update(cluster, 'alu')
  await until('the file is asked for', () => Promise.resolve(upstream.requests.includes('/alu/alu.n')))
  await record('bank-status-downloading', 'The download runs: it reads waiting', get('bank/alu/status'))
  await record('whatsup-running', 'One bank runs', get('whatsup'))
  await record('rpc-whatsup-running', 'One bank runs, by RPC', rpc({whatsup: true, json: true, proxy: true}))
  await record('rpc-locks-bank', 'The lock of a running bank', rpc({whatsup: true, json: true}))
  await record('update-locked', 'The bank is locked', at('POST', 'bank/alu', 'jane'))
  await record('rpc-update-locked', 'The bank is locked, by RPC', rpc({...ask, bank: 'alu'}, 'jane'))
  await record(
    'rpc-remove-locked',
    'Removing is refused as well',
    rpc({remove: true, release: '1', bank: 'alu', json: true, proxy: true}, 'jane'),
  )
  await record('log-downloading', 'The log so far', get('bank/alu/log/8'))
  await upstream.heal('/alu/alu.n')
  await until('the last process runs', async () => {
    const {text} = await cluster.request({path: '/api/daemon/bank/alu/status'})
    return text.includes('AFTER_publishable')
  })
  await record('bank-status-processing', 'One process is over, one runs', get('bank/alu/status'))
  await record(
    'rpc-bank-status-processing',
    'The same by RPC',
    rpc({updatestatus: true, bank: 'alu', json: true, proxy: true}, 'jane'),
  )
  await record('cancel-anonymous', 'Without a key', at('PUT', 'bank/alu/cancel'))
  await cluster.openGate('alu')
  await idle(cluster)
  await record('whatsup-idle', 'Something ran, nothing runs', get('whatsup'))
  await record('bank-status-over', 'Every step is over', get('bank/alu/status'))
  await record('bank-unpublished', 'In production, not published', get('bank/alu', 'jane'))
  await record('log-whole', 'The whole log of a good run', get('bank/alu/log'))
  await record('log-tail', 'The last three lines of it', get('bank/alu/log/3'))
  await finish(cluster, 'alu')
  await record(
    'bank-status-skipped',
    'Nothing new upstream: the steps after download are skipped',
    get('bank/alu/status'),
  )
}

async function recordProduction(cluster: RealCluster, upstream: HttpUpstream, record: Recorder): Promise<void> {
  const show = (who?: Who) => at('GET', 'bank/alu/show', who)
  await record('show', 'Files of the production releases', show('jane'))
  await record('show-anonymous', 'Without a key', show())
  await record('show-bad-key', 'A key that nobody has', show('stranger'))
  await record(
    'rpc-show',
    'The same by RPC, which asks for no key',
    rpc({show: true, bank: 'alu', json: true, proxy: true}),
  )
  await record(
    'publish-unknown-release',
    'No such release',
    at('PUT', 'bank/alu/publish', 'jane', {release: '1999-1-1'}),
  )
  await record(
    'rpc-publish-unknown-release',
    'No such release',
    rpc({publish: true, bank: 'alu', release: '1999-1-1', json: true, proxy: true}, 'jane'),
  )
  await record('publish-not-owner', 'By another user', at('PUT', 'bank/alu/publish', 'joe', {release: '2025-11-20'}))
  await record(
    'rpc-publish-not-owner',
    'By another user',
    rpc({publish: true, bank: 'alu', release: '2025-11-20', json: true, proxy: true}, 'joe'),
  )
  await record('publish', 'The release in production', at('PUT', 'bank/alu/publish', 'jane', {release: '2025-11-20'}))
  await record('bank-published', 'Published', get('bank/alu', 'jane'))
  await record('show-published', 'The published release is marked', show('jane'))
  await record('freeze', 'The release in production', at('PUT', 'bank/alu/freeze/2025-11-20', 'jane'))
  await record('bank-frozen', 'Published and frozen', get('bank/alu', 'jane'))
  await record('freeze-unknown-release', 'No such release: accepted', at('PUT', 'bank/alu/freeze/1999-1-1', 'jane'))
  await record('freeze-not-owner', 'By another user', at('PUT', 'bank/alu/freeze/2025-11-20', 'joe'))
  await record('unfreeze', 'The release in production', at('DELETE', 'bank/alu/freeze/2025-11-20', 'jane'))
  await record('stats', 'Disk use', get('stats'))
  await record('rpc-stats', 'Disk use by RPC', rpc({stats: true, json: true}))
  await record('search', 'The REST route is broken', get('search'))
  await record(
    'rpc-search',
    'By format and type',
    rpc({search: true, formats: 'fasta', types: 'nucleic', json: true, proxy: true}),
  )

  await cluster.addBank(
    bank('failing', {source: upstream.source('/alu'), processes: [succeeds('index'), fails('blast')]}),
    'jane',
  )
  await finish(cluster, 'failing')
  await record('bank-status-error', 'A process failed', get('bank/failing/status'))
  await record('bank-pending', 'A release that did not get to production', get('bank/failing', 'jane'))
  await finish(cluster, 'secret')
  await record('bank-list-updated', 'After updates, one bank is published', get('bank', 'jane'))
  await record('bank-private', 'A private bank, for its owner', get('bank/secret', 'jane'))
  await record('log-private-refused', 'The log of a private bank, without a key', get('bank/secret/log/3'))
  await record('log-private-not-owner', 'The log of a private bank, for another user', get('bank/secret/log/3', 'joe'))
  await record('log-private-owner', 'The log of a private bank, for its owner', get('bank/secret/log/3', 'jane'))
  await record('statusko', 'Banks whose last session failed', get('status/ko', 'jane'))
  await record('statusko-anonymous', 'The same without a key', get('status/ko'))
  await record(
    'rpc-statusko',
    'Banks whose last session failed',
    rpc({statusko: true, json: true, proxy: true}, 'jane'),
  )
  await record('history', 'Newest first', get('history'))
  await record('history-limit', 'REST cannot limit', get('history?limit=2'))
  await record('rpc-history', 'RPC, 20 rows at most', rpc({history: true, historyLimit: 20, json: true, proxy: true}))
  await record('rpc-history-limit', 'RPC, two rows', rpc({history: true, historyLimit: 2, json: true, proxy: true}))
}

async function recordChanges(cluster: RealCluster, record: Recorder): Promise<void> {
  await record('cancel-idle', 'Accepted, although nothing runs', at('PUT', 'bank/alu/cancel', 'jane'))
  await record('cancel-not-owner', 'Accepted from any user', at('PUT', 'bank/alu/cancel', 'joe'))
  await record('rpc-cancel', 'The same by RPC', rpc({updatecancel: true, bank: 'alu', json: true, proxy: true}, 'jane'))
  await cluster.control.redis('DEL', 'biomajdaemon:alu:action:cancel')
  await record('visibility-private', 'By the owner', at('PUT', 'bank/alu/visibility/private', 'jane'))
  await record('visibility-bad-value', 'Neither public nor private', at('PUT', 'bank/alu/visibility/shared', 'jane'))
  await record(
    'rpc-visibility-bad-value',
    'Neither public nor private',
    rpc({visibility: 'shared', bank: 'alu', json: true, proxy: true}, 'jane'),
  )
  await record('visibility-not-owner', 'By another user', at('PUT', 'bank/alu/visibility/public', 'joe'))
  await record(
    'rpc-visibility',
    'By the owner, by RPC',
    rpc({visibility: 'public', bank: 'alu', json: true, proxy: true}, 'jane'),
  )
  await record('owner', 'The owner gives the bank away', at('PUT', 'bank/alu/owner/joe', 'jane'))
  await record('owner-not-owner', 'Who gave it away cannot take it back', at('PUT', 'bank/alu/owner/jane', 'jane'))
  await record(
    'rpc-owner-not-owner',
    'The same by RPC',
    rpc({owner: 'jane', bank: 'alu', json: true, proxy: true}, 'jane'),
  )
  await record('rpc-owner', 'By the new owner', rpc({owner: 'jane', bank: 'alu', json: true, proxy: true}, 'joe'))
  await record('unpublish', 'The published release', at('DELETE', 'bank/alu/publish', 'jane'))
  await cluster.control.daemon('paused')
  await record('repair', 'Queued', at('PUT', 'bank/alu/repair', 'jane'))
  await record('rpc-repair', 'Queued, by RPC', rpc({repair: true, bank: 'alu', json: true, proxy: true}, 'jane'))
  await record('remove', 'Queued', at('DELETE', 'bank/alu', 'jane', {release: '2025-11-20'}))
  await record(
    'remove-unknown-release',
    'Queued, although there is no such release',
    at('DELETE', 'bank/alu', 'jane', {release: '1999-1-1'}),
  )
  await record('remove-release-missing', 'Neither release nor all', at('DELETE', 'bank/alu', 'jane'))
  await record(
    'rpc-remove',
    'Queued, by RPC',
    rpc({remove: true, release: '2025-11-20', bank: 'alu', json: true, proxy: true}, 'jane'),
  )
  await record('remove-pending', 'Queued', at('DELETE', 'bank/failing', 'jane', {pending: true}))
  await record('remove-all', 'Queued', at('DELETE', 'bank/other', 'jane', {all: true, force: true}))
  await record('bank-status-removals', 'Removals wait in the queue, repairs are not listed', get('bank/alu/status'))
  await record('whatsup-queued-changes', 'Repairs and removals in the queue', get('whatsup'))
  await cluster.control.redis('DEL', 'biomajdaemon:queue')
  await cluster.control.daemon('running')
  await record('rename', 'By any user with a key', at('PUT', 'bank/other/name/renamed', 'joe'))
  await record(
    'move-missing-directory',
    'The target folder does not exist',
    at('PUT', 'bank/alu/move', 'jane', {path: '/nowhere'}),
  )
  await record(
    'rpc-move-missing-directory',
    'The same by RPC',
    rpc({newdir: '/nowhere', bank: 'alu', json: true, proxy: true}, 'jane'),
  )
}

const fasta = await readFile(path.join(fixtures, 'fasta/alu.n'), 'utf8')
const upstream = await startHttpUpstream()
const oneHourAhead = 'Etc/GMT-1'
const cluster = await startRealCluster({timeZone: oneHourAhead})
try {
  await upstream.put('/alu/alu.n', fasta, new Date('2025-11-20T10:00:00Z'))
  await upstream.put('/other/other.n', fasta, new Date('2025-11-20T10:00:00Z'))
  const record = recorder(cluster, {root: cluster.root, address: cluster.address, aheadOfUtcMs: 3_600_000})
  await recordGeneral(cluster, record)
  await recordMaintenance(record)
  await recordUnknownBank(cluster, record)
  await recordReads(cluster, upstream, record)
  await recordUpdates(cluster, upstream, record)
  await recordProduction(cluster, upstream, record)
  await recordChanges(cluster, record)
} finally {
  await cluster.stop()
  await upstream.stop()
}

await mkdir(target, {recursive: true})
for (const file of await readdir(target)) {
  if (file.endsWith('.json')) await rm(path.join(target, file))
}
for (const [name, text] of exchanges) await writeFile(path.join(target, `${name}.json`), text)
