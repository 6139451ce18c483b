import {sql as raw} from 'kysely'
import {afterEach, beforeEach, expect, it} from 'vitest'
import type {Queue} from '../../../src/cluster/queue/queue.js'
import {openSqliteQueue} from '../../../src/cluster/queue/sqlite-queue.js'
import type {QueueTables} from '../../../src/cluster/queue/sqlite/job-columns.js'
import {expiredQuery, nextOfKind} from '../../../src/cluster/queue/sqlite/job-queries.js'
import {openDatabase} from '../../../src/cluster/store/database/open-database.js'
import type {Database} from '../../../src/cluster/store/database/open-database.js'
import {newJob, takeAny} from './jobs-of-tests.js'

let database: Database
let queue: Queue

beforeEach(() => {
  database = openDatabase({file: ':memory:'})
  queue = openSqliteQueue(database)
})
afterEach(async () => {
  await queue.close()
  database.close()
})

async function planOf(query: {explain(format: undefined, options: unknown): Promise<unknown>}): Promise<string[]> {
  const steps = (await query.explain(undefined, raw`query plan`)) as Array<{detail: string}>
  return steps.map(({detail}) => detail)
}

it('finds the next job of a kind with one look into an index, without sorting', async () => {
  const sql = database.tables<QueueTables>('queue')
  expect(await planOf(nextOfKind(sql, 'update'))).toEqual(['SEARCH jobs USING INDEX jobs_next (kind=?)'])
})

it('finds the leases that have ended without looking at the others', async () => {
  const sql = database.tables<QueueTables>('queue')
  const [first] = await planOf(expiredQuery(sql, 1))
  expect(first).toBe('SEARCH jobs USING INDEX jobs_lease (lease_until_ms<?)')
})

it('hands out the job of another bank at once from behind ten thousand that have to wait', async () => {
  for (let i = 0; i < 10_000; i++) await queue.add(newJob('update', 'busy', {priority: 1}))
  const other = await queue.add(newJob('update', 'idle'))
  expect(await takeAny(queue, 'w1', 60_000)).toMatchObject({bank: 'busy'})
  const sql = database.tables<QueueTables>('queue')
  // Of ten thousand jobs that wait, none is in the index that is looked into.
  const {n} = await sql
    .selectFrom('jobs')
    .select(eb => eb.fn.countAll<number>().as('n'))
    .where('state', '=', 'queued')
    .where('waits', '=', 0)
    .executeTakeFirstOrThrow()
  expect(n).toBe(1)
  expect(await takeAny(queue, 'w2', 60_000)).toMatchObject({id: other.id})
})
