import type {BiomajClient} from '../../api/client.js'
import type {KeyState} from '../../api/contract/account.js'
import type {HistoryEntry} from '../../api/contract/bank.js'
import type {Activity} from '../../api/contract/daemon.js'
import type {Caller, DetailedRun, Job} from '../../api/contract/job.js'
import type {ScheduledCheck} from '../../api/contract/schedule.js'
import {type BankBoard, type MissingBank, readBanks} from '../../operations/board/bank-board.js'
import {type ClusterBoard, readBoard} from '../../operations/board/cluster-board.js'
import {type Part, type PartError, readPart} from '../../operations/board/part.js'
import {type QueueBoard, readQueue} from '../../operations/board/queue-board.js'
import {BiomajError} from '../../shared/errors.js'
import type {Source} from './source.js'

type ValueOf<P> = P extends {available: true; value: infer T} ? T : never
type Told = Required<Omit<ClusterBoard, 'caller' | 'jobs'>>

export type Board = {[Name in keyof Told]: ValueOf<Told[Name]>} & {
  /** Requests that wait or run; null where the cluster does not tell. */
  jobs: Job[] | null
  /** Whose key it is; null for nobody, and where the cluster does not tell. */
  caller: Caller['user']
}

/** The whole cluster on one screen. */
export const boardSource: Source<Board> = {
  id: 'board',
  parts: ['services', 'maintenance', 'queue', 'daemons', 'locks', 'banks', 'key', 'jobs', 'caller'],
  read: async ({cluster, signal, clock}) => {
    const untold = {available: true, value: null} as const
    const {jobs = untold, caller = untold, ...board} = await readBoard(cluster, {signal, clock, attempts: 1})
    return {...board, jobs, caller}
  },
  refusal: ({key}) => keyRefusal(key),
}

/** Whether the key is still good; for views that do not read the board, which has it. */
export const keySource: Source<{key: KeyState}> = {
  id: 'key',
  parts: ['key'],
  read: async ({cluster, signal}) => ({key: await readPart(cluster.account.keyState({signal, attempts: 1}), signal)}),
  refusal: ({key}) => keyRefusal(key),
}

/** BioMAJ answers an unknown key as it answers nobody: what is private would go from the screen without a word. */
function keyRefusal(key: Part<KeyState>): PartError | undefined {
  if (!key.available || key.value !== 'invalid') return undefined
  return {code: 'key_invalid', message: 'The cluster does not know your key'}
}

/** The least that tells whether the cluster is there; beside a log. */
export const activitySource: Source<{activity: Activity}> = {
  id: 'activity',
  parts: ['activity'],
  read: async ({cluster, signal}) => ({
    activity: await readPart(cluster.daemon.activity({signal, attempts: 1}), signal),
  }),
}

export interface QueueParts {
  queue: QueueBoard
}

export const queueSource: Source<QueueParts> = {
  id: 'queue',
  parts: ['queue'],
  read: async ({cluster, signal}) => ({queue: await readPart(readQueue(cluster, {signal}), signal)}),
}

const historyRows = 500

export const historySource: Source<{history: HistoryEntry[]}> = {
  id: 'history',
  parts: ['history'],
  read: async ({cluster, signal}) => ({
    history: await readPart(cluster.history.list({limit: historyRows, signal, attempts: 1}), signal),
  }),
}

/** Null where the cluster has no service that looks for new releases. */
export const scheduleSource: Source<{schedule: ScheduledCheck[] | null}> = {
  id: 'schedule',
  parts: ['schedule'],
  read: async ({cluster, signal}) => ({schedule: await readPart(readSchedule(cluster, signal), signal)}),
}

async function readSchedule(cluster: BiomajClient, signal: AbortSignal): Promise<ScheduledCheck[] | null> {
  try {
    return await cluster.schedule.list({signal, attempts: 1})
  } catch (error) {
    if (error instanceof BiomajError && error.details?.['status'] === 404) return null
    throw error
  }
}

export interface BankParts {
  bank: BankBoard
  /** The last or running run with its times and counts; null before the first, and where the cluster does not tell. */
  run: DetailedRun | null
}

/** One bank, whole. */
export function bankSource(bank: string): Source<BankParts> {
  return {
    id: `bank ${bank}`,
    parts: ['bank', 'run'],
    read: async ({cluster, signal}) => {
      const [board, run] = await Promise.all([
        readPart(oneBank(readBanks(cluster, [bank], {signal, attempts: 1})), signal),
        readPart(readRun(cluster, bank, signal), signal),
      ])
      // That a cluster has no such route is no sign of life.
      const isNews = board.available || !run.available || run.value !== null
      return {bank: board, run: isNews ? run : board}
    },
  }
}

async function readRun(cluster: BiomajClient, bank: string, signal: AbortSignal): Promise<DetailedRun | null> {
  const isTold = await cluster.additions.has('run', {signal, attempts: 1})
  return isTold ? cluster.additions.run(bank, {signal, attempts: 1}) : null
}

async function oneBank(reading: Promise<Array<BankBoard | MissingBank>>): Promise<BankBoard> {
  const [bank] = await reading
  if (bank?.available === true) return bank
  throw new BiomajError(bank?.error ?? {code: 'protocol', message: 'The cluster told nothing about the bank'})
}
