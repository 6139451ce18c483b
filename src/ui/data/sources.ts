import type {HistoryEntry} from '../../api/contract/bank.js'
import {type BankBoard, type MissingBank, readBanks} from '../../operations/board/bank-board.js'
import {type ClusterBoard, readBoard} from '../../operations/board/cluster-board.js'
import {readPart} from '../../operations/board/part.js'
import {type QueueBoard, readQueue} from '../../operations/board/queue-board.js'
import {BiomajError} from '../../shared/errors.js'
import type {Source} from './source.js'

type ValueOf<P> = P extends {available: true; value: infer T} ? T : never
export type Board = {[Name in keyof ClusterBoard]: ValueOf<ClusterBoard[Name]>}

/** The whole cluster on one screen. */
export const boardSource: Source<Board> = {
  id: 'board',
  parts: ['services', 'maintenance', 'queue', 'daemons', 'locks', 'banks', 'key'],
  read: async ({cluster, signal, clock}) => readBoard(cluster, {signal, clock, attempts: 1}),
}

export const queueSource: Source<{queue: QueueBoard}> = {
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

/** One bank, whole. */
export function bankSource(bank: string): Source<{bank: BankBoard}> {
  return {
    id: `bank ${bank}`,
    parts: ['bank'],
    read: async ({cluster, signal}) => ({
      bank: await readPart(oneBank(readBanks(cluster, [bank], {signal, attempts: 1})), signal),
    }),
  }
}

async function oneBank(reading: Promise<Array<BankBoard | MissingBank>>): Promise<BankBoard> {
  const [bank] = await reading
  if (bank?.available === true) return bank
  throw new BiomajError(bank?.error ?? {code: 'protocol', message: 'The cluster told nothing about the bank'})
}
