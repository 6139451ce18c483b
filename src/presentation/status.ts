import type {Part} from '../operations/board/part.js'
import type {BoardBank, ClusterBoard} from '../operations/board/cluster-board.js'
import {boardBankColumns} from './banks.js'
import {type Block, type Field, field} from './blocks.js'
import {tableOf} from './columns.js'
import {daemonItem, noDaemonSeen} from './queue.js'
import {serviceRows} from './services.js'
import {count, line, type Line, marked} from './text.js'

/** A whole cluster: facts first, then every bank; by name, or where the screen may be too short, with the urgent ones first. */
export function clusterScreen(
  {cluster, ...board}: {cluster: string} & ClusterBoard,
  {attentionFirst}: {attentionFirst: boolean},
): Block[] {
  const fields = [
    field('Cluster', {text: cluster}),
    partField('Services', board.services, serviceRows),
    partField('Maintenance', board.maintenance, on => [
      [on ? marked('!', 'worry', 'on: no update starts until an administrator ends it') : marked('✓', 'good', 'off')],
    ]),
    partField('Daemons', board.daemons, daemons => daemonRows(daemons, ghostsOf(board))),
    partField('Queue', board.queue, queueRows),
    partField('Locks', board.locks, lockRows),
    ...keyField(board),
    partField('Banks', board.banks, bankRows),
  ]
  const overview: Block = {kind: 'fields', fields}
  if (!board.banks.available || board.banks.value.length === 0) return [overview]
  const banks = attentionFirst ? board.banks.value.toSorted((a, b) => urgency(b) - urgency(a)) : board.banks.value
  return [overview, {kind: 'table', table: tableOf(boardBankColumns, banks)}]
}

/** Banks at work come first, then those that failed; all others keep their order. */
function urgency({work, failed}: BoardBank): number {
  if (work !== null) return work === 'waiting' ? 2 : 3
  return failed === true ? 1 : 0
}

/** The rows of a part, or why there are none. */
export function partField<T>(label: string, part: Part<T>, rows: (value: T) => Line[][]): Field {
  return {
    label,
    rows: part.available ? rows(part.value) : [[marked('?', 'worry', `not known: ${part.error.message}`)]],
  }
}

function ghostsOf({locks}: ClusterBoard): ReadonlySet<string> {
  return new Set(locks.available ? locks.value.runningWithoutLock : [])
}

type ValueOf<P> = P extends {available: true; value: infer T} ? T : never

function daemonRows(daemons: ValueOf<ClusterBoard['daemons']>, ghosts: ReadonlySet<string>): Line[][] {
  if (daemons.length === 0) return [[noDaemonSeen]]
  return daemons.map(state =>
    state.bank !== null && ghosts.has(state.bank)
      ? [marked('!', 'worry', `${state.daemon}  shown as running ${state.bank}, but it holds no lock`)]
      : [daemonItem(state)],
  )
}

function queueRows({depth, waiting}: ValueOf<ClusterBoard['queue']>): Line[][] {
  if (depth === 0) return [[marked('✓', 'good', 'empty')]]
  return [
    [
      marked('…', 'busy', `${depth} waiting${waiting.length === 0 ? '' : ':'}`),
      ...waiting.map((bank, index) => line({text: `${index + 1} `, tone: 'calm'}, bank)),
    ],
  ]
}

function lockRows({locks}: ValueOf<ClusterBoard['locks']>): Line[][] {
  if (locks.length === 0) return [[marked('✓', 'good', 'none')]]
  const of = (state: string) => locks.filter(lock => lock.state === state).map(({bank}) => bank)
  const [working, dependencies, unknown] = [of('working'), of('dependency'), of('unknown')]
  return [
    ...of('stale').map(bank => [marked('!', 'worry', `${bank}  stale: locked, but no daemon works on it`)]),
    ...(dependencies.length === 0
      ? []
      : [[marked('·', 'calm', `${dependencies.join(', ')}  perhaps updated as a dependency`)]]),
    ...(working.length === 0 ? [] : [[marked('✓', 'good', `${working.join(', ')}  at work`)]]),
    ...(unknown.length === 0 ? [] : [[marked('?', 'worry', `${unknown.join(', ')}  whether at work is not known`)]]),
  ]
}

function keyField({key}: ClusterBoard): Field[] {
  if (!key.available) return [partField('Key', key, () => [])]
  if (key.value === 'valid') return []
  return key.value === 'invalid'
    ? [field('Key', ...marked('✗', 'bad', 'not known to this cluster: private banks are hidden from you'))]
    : [field('Key', {text: '- none: private banks are hidden', tone: 'calm'})]
}

function bankRows(banks: ValueOf<ClusterBoard['banks']>): Line[][] {
  if (banks.length === 0) return [[line('none that you may see')]]
  const failed = banks.filter(bank => bank.failed === true && bank.cancelled !== true).length
  const cancelled = banks.filter(bank => bank.cancelled === true).length
  const unknown = banks.some(bank => bank.failed === null)
  return [
    [
      line(count(banks.length, 'bank')),
      ...(failed === 0 ? [] : [marked('✗', 'bad', `${failed} failed`)]),
      ...(cancelled === 0 ? [] : [marked('■', 'worry', `${cancelled} cancelled`)]),
      ...(unknown ? [marked('?', 'worry', 'which failed is not known')] : []),
    ],
  ]
}
