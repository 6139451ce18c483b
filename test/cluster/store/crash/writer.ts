/** Writes to a store and a queue in one database, without end, and says on stdout what was acknowledged. */
import {writeSync} from 'node:fs'
import {openSqliteQueue} from '../../../../src/cluster/queue/sqlite-queue.js'
import {openDatabase} from '../../../../src/cluster/store/database/open-database.js'
import {openSqliteStore} from '../../../../src/cluster/store/sqlite-store.js'
import {newJob} from '../../queue/jobs-of-tests.js'
import {bankOf, statusOf} from '../banks-of-tests.js'
import type {Acknowledged} from './acknowledged.js'

const [file = '', round = ''] = process.argv.slice(2)
const database = openDatabase({file})
const store = openSqliteStore(database)
const queue = openSqliteQueue(database)

function acknowledge(what: Acknowledged): void {
  writeSync(1, `${JSON.stringify(what)}\n`)
}

async function writeBanks(name: string): Promise<never> {
  await store.banks.insert(bankOf(name, {status: statusOf(1)}))
  for (let i = 1; ; i++) {
    await store.banks.change(name, bank => ({...bank, types: [...bank.types.slice(-50), String(i)]}))
    acknowledge({bank: name, last: String(i)})
    await store.banks.progress(name, 1, statusOf(1, i))
  }
}

async function writeRecords(): Promise<never> {
  for (let i = 0; ; i++) {
    await store.events.append({atMs: i, type: 'bank', bank: null, data: {text: `${round}.${i}`}})
    acknowledge({event: `${round}.${i}`})
    const {id} = await store.history.add({
      bank: 'alu',
      action: 'update',
      startMs: i,
      endMs: i,
      updated: true,
      error: false,
      cancelled: false,
      reason: 'x'.repeat(i % 5000),
      job: null,
    })
    acknowledge({history: id})
  }
}

async function writeJobs(worker: string): Promise<never> {
  for (let i = 0; ; i++) {
    const {id} = await queue.add(newJob('download', `b${i % 3}`))
    acknowledge({job: id, state: 'queued'})
    const taken = await queue.take({kinds: ['download'], worker, leaseMs: 600_000})
    if (taken === undefined) throw new Error('A job that was added is gone')
    acknowledge({job: taken.id, state: 'running'})
    if (i % 3 === 0) continue
    await queue.finish({id: taken.id, worker, state: 'done', result: i})
    acknowledge({job: taken.id, state: 'done'})
  }
}

await Promise.all([writeBanks(`bank${round}`), writeRecords(), writeJobs(`w${round}`)])
