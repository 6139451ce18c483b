import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import path from 'node:path'
import type {Queue} from '../../../src/cluster/queue/queue.js'
import {openSqliteQueue} from '../../../src/cluster/queue/sqlite-queue.js'
import {openDatabase} from '../../../src/cluster/store/database/open-database.js'
import {describeQueue} from './conformance.js'

function connect(file: string, nowMs: () => number): Queue {
  const database = openDatabase({file})
  const queue = openSqliteQueue(database, {nowMs})
  const close = queue.close.bind(queue)
  queue.close = async () => {
    await close()
    database.close()
  }
  return queue
}

describeQueue({
  name: 'SQLite, file, several connections',
  shared: true,
  create: async ({nowMs}) => {
    const folder = await mkdtemp(path.join(tmpdir(), 'biomaj-queue-'))
    return {
      connect: () => Promise.resolve(connect(path.join(folder, 'cluster.sqlite'), nowMs)),
      dispose: () => rm(folder, {recursive: true}),
    }
  },
})

describeQueue({
  name: 'SQLite, in memory',
  shared: false,
  create: ({nowMs}) =>
    Promise.resolve({
      connect: () => Promise.resolve(connect(':memory:', nowMs)),
      dispose: () => Promise.resolve(),
    }),
})
