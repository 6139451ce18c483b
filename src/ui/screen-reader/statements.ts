import type {DaemonState} from '../../operations/board/cluster-board.js'
import {bankMark} from '../../presentation/banks.js'
import {serviceMark, serviceName} from '../../presentation/services.js'
import {count} from '../../presentation/text.js'
import {serverTimeCell} from '../../presentation/times.js'
import type {Connection} from '../data/feed.js'
import type {KeptParts} from '../data/source.js'
import type {Board} from '../data/sources.js'

/** One sentence about one thing. */
export interface Statement {
  text: string
  /** Nothing that has to be said when all is told; said when it becomes true. */
  isUsual: boolean
}

/** What is known, as sentences by what they are about: whoever hears one later knows which one it replaces. */
export type Statements = ReadonlyMap<string, Statement>

// Whose key it is comes with the key.
type Told = Exclude<keyof Board, 'caller'>

const partNames: Readonly<Record<Told, string>> = {
  services: 'Services',
  maintenance: 'Maintenance',
  queue: 'The queue',
  daemons: 'What daemons do',
  locks: 'Locks',
  banks: 'Banks',
  key: 'Your key',
  jobs: 'Requests',
}

export function statementsOf(board: KeptParts<Board>): Statements {
  const said = new Map<string, Statement>()
  const say = (about: string, text: string, isUsual = false) => said.set(about, {text, isUsual})
  for (const [part, name] of Object.entries(partNames) as Array<[Told, string]>) {
    const {error} = board[part]
    if (error) say(`error ${part}`, `${name}: not known now, ${error.message}.`)
  }
  const {maintenance, key, queue, daemons, services, locks, banks} = board
  if (maintenance.value !== undefined)
    say('maintenance', maintenance.value ? 'Maintenance is on: no update starts.' : 'Maintenance is off.')
  if (key.value === 'invalid') say('key', 'The cluster does not know your key: private banks are hidden.')
  if (queue.value) {
    const {depth, waiting} = queue.value
    say('queue', depth === 0 ? 'The queue is empty.' : `The queue: ${depth} waiting, ${waiting.join(', ')}.`)
  }
  for (const daemon of daemons.value ?? []) say(`daemon ${daemon.daemon}`, daemonWords(daemon))
  for (const service of services.value ?? []) {
    const {word, tone} = serviceMark(service)
    say(`service ${service.name}`, `Service ${serviceName(service)}: ${word}.`, tone === 'good' || tone === 'calm')
  }
  for (const {bank, state} of locks.value?.locks ?? [])
    if (state === 'stale') say(`lock ${bank}`, `Bank ${bank} is locked, but no daemon works on it.`)
  for (const bank of banks.value ?? []) {
    const {word} = bankMark(bank)
    const at = bank.lastUpdate === null ? '' : `, last updated ${serverTimeCell(bank.lastUpdate)} server time`
    say(`bank ${bank.name}`, `Bank ${bank.name}: ${word}${at}.`, word === 'ok' || word === 'never ran')
  }
  if (banks.value) say('banks', bankCounts(banks.value))
  return said
}

/** Everything that a listener has to know who knows nothing yet. */
export function allOf(statements: Statements): string[] {
  const texts = [...statements.values()].flatMap(({text, isUsual}) => (isUsual ? [] : [text]))
  const usual = [...statements].filter(([about, {isUsual}]) => isUsual && about.startsWith('service ')).length
  return usual === 0 ? texts : [...texts, `${count(usual, 'other service')} as usual.`]
}

/** What is new; what is no longer so is said too. */
export function newsOf(before: Statements, now: Statements): string[] {
  const fresh = [...now].flatMap(([about, {text}]) => (before.get(about)?.text === text ? [] : [text]))
  const gone = [...before.keys()].flatMap(about => (now.has(about) ? [] : [noLonger(about)]))
  return [...fresh, ...gone]
}

function noLonger(about: string): string {
  const [kind = '', ...rest] = about.split(' ')
  const name = rest.join(' ')
  switch (kind) {
    case 'error':
      return `${partNames[name as Told]}: known again.`
    case 'lock':
      return `Bank ${name}: its lock is in order again.`
    case 'key':
      return 'The cluster knows your key again.'
    default:
      return `${kind[0]?.toUpperCase() ?? ''}${kind.slice(1)} ${name} is gone.`
  }
}

function daemonWords({daemon, bank, action, step}: DaemonState): string {
  if (bank === null) return `Daemon ${daemon} is idle.`
  return `Daemon ${daemon}: ${action ?? 'work'} of ${bank}${step === null ? '' : `, step ${step}`}.`
}

function bankCounts(banks: NonNullable<KeptParts<Board>['banks']['value']>): string {
  const byWord = Map.groupBy(banks, bank => bankMark(bank).word)
  const counts = [...byWord].map(([word, {length}]) => `${length} ${word}`)
  return `${count(banks.length, 'bank')}${counts.length === 0 ? '' : `: ${counts.join(', ')}`}.`
}

export function connectionWords(connection: Connection): string {
  switch (connection.state) {
    case 'connecting':
      return 'Connecting.'
    case 'live':
      return 'Connected.'
    case 'lost':
      return `Connection lost: ${connection.error.message}. What was said is what was last known. Trying again.`
    case 'refused':
      return `The key was refused: ${connection.error.message}. Nothing is asked any more; type refresh to ask again.`
  }
}
