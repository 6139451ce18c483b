import type {HistoryRow} from '../../model/records.js'
import {type Answer, message, tableText} from '../answer.js'
import {maintenanceName} from '../bank-name.js'
import {count, flag, own, text} from '../options.js'
import {Refusal, usage} from '../refusal.js'
import {announce, type Call, readableBanks} from '../site.js'
import {httpDate, momentOrNull, pythonTruth, utcText} from '../times.js'
import {needAccount, needAdmin} from '../viewer.js'

export async function version({site}: Call): Promise<Answer> {
  const modules = ['biomaj', 'biomaj-daemon'].map(name => [name, site.version, null])
  return Promise.resolve({
    json: {version: modules},
    get text() {
      return `Version: BioMAJ modules version\n${tableText({headers: ['Module', 'Release', 'Latest'], rows: modules}, 'grid')}`
    },
  })
}

const historyHeaders = ['Bank', 'Action', 'Start', 'End', 'Updated', 'Error']
/** All of it, as with BioMAJ, when the limit is 0. */
const noLimit = 1_000_000

/** Ended updates, removals and repairs of banks that the caller may see, newest first. */
export async function history(call: Call): Promise<Answer> {
  const limit = count(call.options, 'historyLimit', 20)
  const rows = await visibleHistory(call, {
    limit: limit === 0 ? noLimit : limit,
    bank: text(call.options, 'historyBank'),
  })
  const cells = (time: (ms: number) => string) =>
    rows.map(({bank, action, startMs, endMs, updated, error}) => [
      bank,
      action,
      time(whole(startMs)),
      time(whole(endMs)),
      pythonTruth(updated),
      pythonTruth(error),
    ])
  return {
    json: {headers: historyHeaders, history: cells(httpDate)},
    extra: {runs: rows.map(runOf)},
    get text() {
      return `BioMAJ history\n${tableText({headers: historyHeaders, rows: cells(utcText)}, 'grid')}`
    },
  }
}

/** BioMAJ rounds down to seconds. */
function whole(ms: number): number {
  return Math.floor(ms / 1000) * 1000
}

function runOf(row: HistoryRow) {
  const {id, bank, action, startMs, endMs, updated, error, cancelled, reason, job} = row
  const [start, end] = [momentOrNull(startMs), momentOrNull(endMs)]
  return {id, bank, action, start, end, updated, error, cancelled, reason, job}
}

/** Reads on until there are enough rows that the caller may see, or no more. */
async function visibleHistory(call: Call, {limit, bank}: {limit: number; bank: string | null}): Promise<HistoryRow[]> {
  const readable = await readableBanks(call)
  for (let asked = limit; ; asked *= 4) {
    const rows = await call.site.store.history.list({limit: asked, ...(bank === null ? {} : {bank})})
    const visible: HistoryRow[] = []
    for (const row of rows) if (readable(row.bank) || (await askedFor(call, row))) visible.push(row)
    if (visible.length >= limit || rows.length < asked) return visible.slice(0, limit)
  }
}

/** Who removed a bank may see that it is gone. */
async function askedFor({site, viewer}: Call, {bank, job}: HistoryRow): Promise<boolean> {
  if (viewer.account === null || job === null) return false
  if ((await site.index.owned(bank)) !== undefined) return false
  return (await site.queue.get(job))?.user === viewer.account.id
}

/**
 * The queue, newest first, and what each update worker does. Without `proxy`, by which the original client tells that it
 * means a cluster, the locks: BioMAJ lists its lock files then.
 */
export async function whatsup(call: Call): Promise<Answer> {
  const services = flag(call.options, 'proxy') ? await activity(call) : await lockRows(call)
  const headers = ['daemon', 'bank', 'action']
  return {
    json: {services, headers},
    get text() {
      return tableText({headers, rows: services}, 'simple')
    },
  }
}

async function activity(call: Call): Promise<string[][]> {
  const {queue, store, now} = call.site
  const readable = await readableBanks(call)
  const waiting = {kinds: ['update', 'remove', 'repair'], states: ['queued']} as const
  const [depth, queued, instances] = await Promise.all([
    queue.count(waiting),
    queue.list({...waiting, order: 'newest'}),
    store.services.list(),
  ])
  const workers = instances.filter(({service, leaseUntilMs}) => service === 'update' && leaseUntilMs > now())
  return [
    ['queue', String(depth), 'waiting'],
    ...queued.filter(({bank}) => readable(bank)).map(({bank}) => ['queued', bank, 'waiting']),
    ...workers
      .toSorted((a, b) => (a.id < b.id ? -1 : 1))
      .map(({id, work}) =>
        work ? [id, readable(work.bank) ? work.bank : '(private)', work.action] : [id, '', 'pending'],
      ),
  ]
}

async function lockRows(call: Call): Promise<string[][]> {
  const {store} = call.site
  const readable = await readableBanks(call)
  const [locks, maintenance] = await Promise.all([store.locks.list(), store.maintenance.get()])
  const names = locks.map(({bank}) => bank).filter(bank => readable(bank))
  const rows = [...names, ...(maintenance ? [maintenanceName] : [])].map(name => ['system', name, 'running'])
  return rows.length > 0 ? rows : [['system', '', 'pending']]
}

export async function maintenance(call: Call): Promise<Answer> {
  const {store, now} = call.site
  const wanted = own(call.options, 'maintenance')
  if (wanted === 'status') return message(`Maintenance: ${(await store.maintenance.get()) ? 'On' : 'Off'}`)
  if (wanted !== 'on' && wanted !== 'off') throw usage('Wrong maintenance value [on,off,status]')
  const {id: by} = needAdmin(call.viewer)
  await store.maintenance.set(wanted === 'on' ? {sinceMs: now(), by} : null)
  await announce(call, 'maintenance', null, {on: wanted === 'on', by})
  return message(`Maintenance set to ${wanted === 'on' ? 'On' : 'Off'}`)
}

/** Exchanges user and password for the account and a key. */
export async function aboutMe({site, options}: Call): Promise<Answer> {
  const [user, password] = [text(options, 'userlogin'), text(options, 'userpassword')]
  if (user === null || password === null) throw usage('Missing login or password')
  const login = await site.accounts.login({user, password})
  if (!login) {
    throw new Refusal({
      code: 'bad_credentials',
      message: 'The cluster does not know this user and password',
      words: 'Invalid credentials',
    })
  }
  const {account, apiKey} = login
  return {
    json: {user: account.id, email: account.email, apikey: apiKey},
    text: `User: ${account.id}\nEmail: ${account.email}\nApi key: ${apiKey}\n`,
  }
}

export async function templateList({site}: Call): Promise<Answer> {
  const {templates} = site
  if (!templates) throw noTemplates()
  const names = await templates.list()
  // The original client prints a Python list, and people parse it.
  return message(`Bank templates: [${names.map(name => `'${name}'`).join(', ')}]`)
}

export async function templateImport(call: Call): Promise<Answer> {
  const {templates} = call.site
  const {id} = needAccount(call.viewer)
  const name = text(call.options, 'bank')
  if (name === null) throw usage('option bank is missing')
  if (!templates) throw noTemplates()
  const file = await templates.import(name)
  call.log.info({bank: name, user: id}, 'bank imported from a template')
  return message(`Bank imported: ${file}`)
}

function noTemplates(): Refusal {
  return new Refusal({
    code: 'refused',
    message: 'This cluster has no bank templates',
    words: 'biomaj-data package not installed',
  })
}
