/**
 * How long the queue takes as it grows and shrinks: `queue-by-thousand FILE COUNT`. Adds that many updates, of a bank
 * each, then takes and ends them all. Prints the median microseconds of each thousand as JSON.
 */
import {plainUpdate} from '../../../src/cluster/queue/plain-update.js'
import {openSqliteQueue} from '../../../src/cluster/queue/sqlite-queue.js'
import {openDatabase} from '../../../src/cluster/store/database/open-database.js'

const [file = '', count = ''] = process.argv.slice(2)
const database = openDatabase({file})
const queue = openSqliteQueue(database)
const worker = 'bench'

const added = await byThousand(async number => {
  const bank = `bank${String(number).padStart(5, '0')}`
  await queue.add({
    kind: 'update',
    bank,
    payload: plainUpdate(bank),
    user: worker,
    correlationId: 'bench',
  })
})
let id = ''
const taken = await byThousand(
  async () => {
    const job = await queue.take({kinds: ['update', 'remove', 'repair'], worker, leaseMs: 60_000})
    if (job === undefined) throw new Error('The queue is empty too early')
    id = job.id
  },
  async () => {
    await queue.finish({id, worker, state: 'done'})
  },
)
await queue.close()
database.close()
process.stdout.write(JSON.stringify({added, taken}))

async function byThousand(
  work: (number: number) => Promise<void>,
  afterwards: () => Promise<void> = () => Promise.resolve(),
): Promise<number[]> {
  const medians: number[] = []
  let times: number[] = []
  for (let number = 0; number < Number(count); number++) {
    const started = performance.now()
    await work(number)
    times.push((performance.now() - started) * 1000)
    await afterwards()
    if (times.length < 1000) continue
    medians.push(times.toSorted((one, other) => one - other)[500] ?? 0)
    times = []
  }
  return medians
}
