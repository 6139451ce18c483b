import type {KeyState} from '../../api/contract/account.js'
import type {PendingRelease, Release} from '../../api/contract/bank.js'
import type {BankBoard} from '../../operations/board/bank-board.js'
import type {BankWork} from '../../operations/board/cluster-board.js'
import {type FeedSnapshot, partsOf} from '../data/feed.js'
import type {Kept} from '../data/kept.js'
import {bankSource, boardSource} from '../data/sources.js'
import type {ClusterChoice} from '../host.js'

/** What a command is to be about. */
export interface Subject {
  bank: string | undefined
  release: string | undefined
}

/** What is known of it when somebody wants to give the command. Undefined: the cluster did not tell yet. */
export interface Facts extends Subject {
  readOnly: boolean
  key: KeyState | undefined
  maintenance: boolean | undefined
  work: BankWork | null | undefined
  releases: readonly Release[] | undefined
  pending: readonly PendingRelease[] | undefined
  /** Steps of its last run. */
  run: {session: string | null; logFile: string | null; steps: BankRunSteps} | undefined
  /** What is on its way to the cluster about the same, in words. */
  sending: string | undefined
}

/** Facts of a command that has what it is about; the bank is empty for the cluster as a whole. */
export type KnownFacts = Facts & {bank: string}

type ValueOf<P> = P extends {available: true; value: infer T} ? T : never
type BankRunSteps = ValueOf<BankBoard['run']>['steps']

export interface FactSources {
  feed: FeedSnapshot
  cluster: Pick<ClusterChoice, 'readOnly'>
  /** The bank itself is being read; else what was known of it once is too old to say that something cannot be done. */
  isRead: boolean
  sending: string | undefined
}

export function factsOf({bank, release}: Subject, {feed, cluster, isRead, sending}: FactSources): Facts {
  const board = partsOf(feed, boardSource)
  const own: Kept<BankBoard> | undefined =
    isRead && bank !== undefined ? partsOf(feed, bankSource(bank)).bank : undefined
  const isOwnNewer = own?.atMs !== undefined && own.atMs >= (board.banks.atMs ?? own.atMs)
  const known = isOwnNewer ? own.value : undefined
  const listed = bank === undefined ? undefined : board.banks.value?.find(({name}) => name === bank)
  const run = known?.run
  return {
    bank,
    release,
    readOnly: cluster.readOnly,
    key: board.key.value,
    maintenance: board.maintenance.value,
    work: known ? workOf(known) : listed?.work,
    releases: known?.releases,
    pending: known?.pending,
    run: run?.available === true ? run.value : undefined,
    sending,
  }
}

function workOf({now, queuePositions}: BankBoard): BankWork | null | undefined {
  if (!now.available) return undefined
  const action = now.value?.action
  if (action === 'update' || action === 'remove' || action === 'repair') return action
  return queuePositions.available && queuePositions.value.length > 0 ? 'waiting' : null
}
