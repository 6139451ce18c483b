import {isOwner, logFileOf, serverTime, updateFlow} from './state.js'
import type {ClusterState, QueuedRequest, ScriptedBank} from './state.js'

/** Options of a call, under the names of `biomaj-cli`. */
export type Options = Record<string, unknown>

export interface Call {
  state: ClusterState
  options: Options
  user: string | null
}

/** What `biomaj_client_action` returns: done or not, and words or an object. */
export type Answer = [done: boolean, message: unknown]

/** A Python exception: RPC gives its text in the answer, REST on a page of status 500. */
export class ServerException extends Error {}

/** Loads a bank as `Bank(name)` does, which also writes a bank that was never seen into the database. */
export function loadBank(state: ClusterState, name: string, user: string | null): ScriptedBank {
  const bank = state.banks.get(name)
  if (bank === undefined) throw new ServerException(`Configuration file ${name}.properties does not exists`)
  if (!bank.listed) {
    if (user === null) throw new ServerException('Micro services activated but user not authenticated')
    Object.assign(bank, {listed: true, owner: user})
  }
  return bank
}

/** The first option that is set decides, in the order of `biomaj_client_action`. */
export function clientAction(call: Call): Answer {
  const {options} = call
  for (const [name, act] of Object.entries(actions)) {
    if (options[name]) return act(call)
  }
  return [false, 'no option match']
}

const actions: Record<string, (call: Call) => Answer> = {
  version: ({state}) => {
    if (state.versions === undefined) {
      throw new ServerException("The 'py-bcrypt' distribution was not found and is required by biomaj")
    }
    return [true, {version: state.versions}]
  },
  history: ({state, options}) => {
    const limit = options['historyLimit'] ?? 20
    if (typeof limit !== 'number') throw new ServerException("bad operand type for abs(): 'str'")
    const rows = state.history.toReversed().slice(0, limit === 0 ? undefined : limit)
    return [
      true,
      {
        headers: ['Bank', 'Action', 'Start', 'End', 'Updated', 'Error'],
        history: rows.map(row => [
          row.bank,
          row.action,
          httpDate(row.start),
          httpDate(row.end),
          pythonText(row.updated),
          pythonText(row.error),
        ]),
      },
    ]
  },
  stats: ({state}) => {
    const inDatabase = [...state.banks.values()].filter(bank => bank.listed)
    const stats = inDatabase.flatMap(({name, releases}) => [
      [name, 'All', String(releases.reduce((sum, {size}) => sum + size, 0))],
      ...releases.map(({release, size}) => ['', release, String(size)]),
    ])
    return [true, {headers: ['Bank', 'Release', 'Size'], stats}]
  },
  whatsup: ({state, options}) => [true, {services: whatsup(state, options), headers: ['daemon', 'bank', 'action']}],
  maintenance: ({state, options}) => {
    const wanted = options['maintenance']
    if (wanted === 'status') return [true, `Maintenance: ${state.locks.has('biomaj') ? 'On' : 'Off'}`]
    if (wanted === 'on') state.locks.add('biomaj')
    else if (wanted === 'off') state.locks.delete('biomaj')
    else return [false, 'Wrong maintenance value [on,off,status]']
    return [true, `Maintenance set to ${wanted === 'on' ? 'On' : 'Off'}`]
  },
  owner: call => {
    ownedBank(call).owner = text(call.options['owner'])
    return [true, null]
  },
  visibility: call => {
    const visibility = call.options['visibility']
    if (visibility !== 'public' && visibility !== 'private') return [false, 'Valid values are public|private']
    ownedBank(call).visibility = visibility
    return [true, 'Do not forget to update accordingly the visibility.default parameter in the configuration file']
  },
  newdir: () => [false, 'Destination directory does not exists'],
  newbank: call => {
    const {state, options} = call
    const bank = namedBank(call)
    const [from, to] = [bank.name, text(options['newbank'])]
    state.banks.delete(from)
    state.banks.set(to, Object.assign(bank, {name: to}))
    return [true, `Bank ${from} renamed to ${to}`]
  },
  search: ({state, options}) => [true, search(state, options)],
  show,
  check: call => {
    const {name, validConfig} = namedBank(call)
    return [true, `${name} check: ${validConfig ? 'True' : 'False'}\n`]
  },
  status: call => (call.options['bank'] ? bankStatus(call) : [true, bankList(call, () => true, 'Last update')]),
  statusko: call => [true, bankList(call, ({failed}) => failed, 'Last run')],
  update: call => requestForEach(call, 'update'),
  freeze: call => freeze(call, true),
  unfreeze: call => freeze(call, false),
  remove,
  removeall: remove,
  removepending: call => {
    const bank = namedBank(call)
    if (call.state.locks.has(bank.name)) return [false, 'Bank is locked due to an other action']
    enqueue(call, 'removepending', bank.name)
    return [true, 'Request sent']
  },
  unpublish: call => {
    ownedBank(call).current = null
    return [true, null]
  },
  publish: call => {
    const bank = namedBank(call)
    const release = call.options['release'] ?? null
    const found = release === null ? bank.releases.at(-1) : bank.releases.find(each => each.release === release)
    if (found === undefined) return [false, 'No production session could be found for this release']
    ownedBank(call).current = found.session
    return [true, null]
  },
  updatestatus: updateStatus,
  updatecancel: ({state, options}) => {
    if (!options['proxy']) return [false, 'option not allowed without --proxy option']
    // Neither the owner nor whether anything runs is looked at.
    state.cancelRequests.add(text(options['bank']))
    const name = text(options['bank'])
    return [true, `Requested to cancel update of bank ${name}, update will stop once current actions are over`]
  },
  aboutme: ({state, options}) => {
    if (!options['userlogin'] || !options['userpassword']) return [false, 'Missing login or password']
    const user = state.users.find(({name}) => name === options['userlogin'])
    if (user?.password !== options['userpassword']) return [false, 'Invalid credentials']
    return [true, {user: user?.name, email: user?.email, apikey: user?.apiKey}]
  },
  datalist: () => [false, 'biomaj-data package not installed'],
  dataimport: () => [false, 'biomaj-data package not installed'],
  repair: call => requestForEach(call, 'repair'),
}

/** The value of an option that should be text. */
export function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function namedBank({state, options, user}: Call): ScriptedBank {
  return loadBank(state, text(options['bank']), user)
}

function ownedBank(call: Call): ScriptedBank {
  const bank = namedBank(call)
  if (!isOwner(call.state, bank, call.user)) {
    throw new ServerException(`Not authorized, bank owned by ${bank.owner}`)
  }
  return bank
}

function listed(state: ClusterState): ScriptedBank[] {
  return [...state.banks.values()].filter(bank => bank.listed).toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

/** Rows of queue and daemons; of the lock files when `proxy` is missing. */
function whatsup(state: ClusterState, options: Options): string[][] {
  if (!options['proxy']) {
    const locks = [...state.locks].map(name => ['system', name, 'running'])
    return locks.length > 0 ? locks : [['system', '', 'pending']]
  }
  return [
    ['queue', String(state.queue.length), 'waiting'],
    ...state.queue.toReversed().map(({bank}) => ['queued', bank, 'waiting']),
    ...state.daemons.flatMap(({id, says}) => {
      if (says === undefined) return []
      const [bank = '', action] = says.split(':')
      return [action === undefined ? [id, '', bank] : [id, bank, action]]
    }),
  ]
}

function bankList(call: Call, wanted: (bank: ScriptedBank) => boolean, lastHeader: string): unknown {
  const banks = listed(call.state)
    .filter(bank => wanted(bank) && (bank.visibility === 'public' || isOwner(call.state, bank, call.user)))
    .map(bank => [
      bank.name,
      bank.types.join(','),
      bank.releases.find(({session}) => session === bank.current)?.remoteRelease ?? 'N/A',
      bank.visibility,
      bank.lastUpdate === null ? 'N/A' : serverTime(call.state, bank.lastUpdate),
    ])
  return {headers: ['Name', 'Type(s)', 'Release', 'Visibility', lastHeader], banks}
}

function bankStatus(call: Call): Answer {
  const {state, user} = call
  const bank = namedBank(call)
  if (bank.visibility !== 'public' && !isOwner(state, bank, user)) return [false, 'Access forbidden']
  const published = bank.releases.find(({session}) => session === bank.current)?.release ?? 'N/A'
  const lastUpdate = bank.lastUpdate === null ? 'N/A' : serverTime(state, bank.lastUpdate)
  const releases = bank.releases.map(each => [
    serverTime(state, each.session),
    each.remoteRelease,
    each.release,
    `/var/lib/biomaj/data/db/${bank.name}/${bank.name}_${each.release}`,
    each.freeze ? 'yes' : 'no',
    each.formats.join(','),
    logFileOf(bank.name, each.session),
  ])
  const pending = bank.pending.map(({release, id}) => [release, serverTime(state, id)])
  const productionHeaders = ['Session', 'Remote release', 'Release', 'Directory', 'Freeze', 'Format(s)', 'Log file']
  return [
    true,
    {
      bank: {
        info: {
          headers: ['Name', 'Type(s)', 'Last update status', 'Published release'],
          details: [[bank.name, bank.types.join(','), lastUpdate, published]],
        },
        production: {headers: releases.length > 0 ? productionHeaders : [], details: releases},
        pending: pending.length > 0 ? [['Pending release', 'Last run'], ...pending] : [],
      },
    },
  ]
}

function show(call: Call): Answer {
  const {options} = call
  const bank = namedBank(call)
  const releases = bank.releases.filter(({release}) => !options['release'] || release === options['release'])
  if (releases.length === 0) {
    throw new ServerException("cannot access local variable 'msg' where it is not associated with a value")
  }
  const details = releases.map(each => [
    bank.name,
    each.session === bank.current ? `${each.release} (current)` : each.release,
    each.formats.at(-1) ?? null,
    each.formats.map(() => each.types),
    each.tags,
    each.files,
  ])
  return [true, {details, headers: ['Name', 'Release', 'Format(s)', 'Type(s)', 'Tag(s)', 'File(s)']}]
}

function search(state: ClusterState, options: Options): unknown {
  const wanted = (name: string): string[] =>
    text(options[name])
      .split(',')
      .filter(value => value !== '')
  const all = listed(state).flatMap(bank => bank.releases.map(each => ({bank, each})))
  if (options['query']) {
    const query = text(options['query'])
    const matches = all
      .filter(({bank, each}) => [bank.name, ...each.files].some(text => text.includes(query)))
      .map(({each}) => [each.release, each.formats.join(','), String(each.types), each.files.join(',')])
    return {matches, headers: ['Release', 'Format(s)', 'Type(s)', 'Files']}
  }
  const [formats, types] = [wanted('formats'), wanted('types')]
  const matches = all
    .filter(({each}) => hasOne(each.formats, formats) && hasOne(each.types, types))
    .map(({bank, each}) => [
      bank.name,
      each.release,
      each.formats,
      each.types,
      each.session === bank.current ? 'yes' : '',
    ])
  return {matches, headers: ['Name', 'Release', 'Format(s)', 'Type(s)', 'Published']}
}

function hasOne(values: string[], of: string[]): boolean {
  return of.length === 0 || of.some(value => values.includes(value))
}

function freeze(call: Call, value: boolean): Answer {
  const {options} = call
  if (!options['release']) return [false, 'Bank release is missing']
  // A release that does not exist is no error.
  const release = ownedBank(call).releases.find(each => each.release === options['release'])
  if (release !== undefined) release.freeze = value
  return [true, null]
}

function remove(call: Call): Answer {
  const {state, options} = call
  if (options['remove'] && !options['release']) return [false, 'Bank release is missing']
  const bank = namedBank(call)
  if (state.locks.has(bank.name)) return [false, 'Bank is locked due to an other action']
  enqueue(call, options['removeall'] ? 'removeall' : 'remove', bank.name)
  return [true, 'Bank removal request sent']
}

function requestForEach(call: Call, action: 'update' | 'repair'): Answer {
  let [done, words] = [true, '']
  for (const name of text(call.options['bank']).split(',')) {
    const bank = loadBank(call.state, name, call.user)
    if (action === 'update' && call.state.locks.has(name)) return [false, 'Bank is locked due to an other action']
    if (bank.validConfig) {
      words += `Bank ${action} request sent for ${name}\n`
      enqueue(call, action, name)
    } else {
      words += `Skip bank ${name}: wrong config\n`
      done = false
    }
  }
  return [done, words]
}

function enqueue({state, options, user}: Call, action: QueuedRequest['action'], bank: string): void {
  const release = typeof options['release'] === 'string' ? options['release'] : null
  state.queue.push({action, bank, user, release, options: {...options}, requestedAt: Math.floor(state.now() / 1000)})
}

function updateStatus(call: Call): Answer {
  const {state, options} = call
  if (!options['bank']) return [false, 'bank option is missing']
  if (!options['proxy']) return [false, 'option not allowed without --proxy option']
  const waiting = state.queue
    .filter(({bank, action}) => bank === options['bank'] && ['update', 'remove', 'removeall'].includes(action))
    .toReversed()
    .map(({action, release, requestedAt}) => [
      action === 'update' ? 'Update' : `Removal - release ${release ?? 'None'}`,
      httpDate(requestedAt),
    ])
  const {status} = namedBank(call)
  if (status === undefined) return [true, 'No update information available']
  const over = status.steps.get('over') === true
  const rows = updateFlow.flatMap(step => {
    const state = status.steps.get(step)
    const word = state === true ? 'over' : state === false ? 'error' : over ? 'skipped' : 'waiting'
    const processes = step === 'postprocess' ? [...status.processes] : []
    return [[step, word], ...processes.map(([process, ended]) => [process, pythonText(ended)])]
  })
  const process = [['log_file', status.logFile], ['session', String(status.session)], ...rows]
  return [
    true,
    {
      pending: {headers: ['Pending actions', 'Date'], actions: waiting},
      status: {headers: ['Workflow step', 'Status'], process},
    },
  ]
}

function httpDate(epochSeconds: number): string {
  return new Date(epochSeconds * 1000).toUTCString()
}

function pythonText(value: boolean | null): string {
  if (value === null) return 'None'
  return value ? 'True' : 'False'
}
