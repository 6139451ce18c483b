import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {createInterface} from 'node:readline'
import {DatabaseSync} from 'node:sqlite'
import {build} from 'esbuild'
import {afterAll, beforeAll, expect, it} from 'vitest'
import {openSqliteQueue} from '../../../../src/cluster/queue/sqlite-queue.js'
import {openDatabase} from '../../../../src/cluster/store/database/open-database.js'
import {openSqliteStore} from '../../../../src/cluster/store/sqlite-store.js'
import type {Acknowledged} from './acknowledged.js'

const rounds = 12
const mostLines = 400
const order = {queued: 0, running: 1, done: 2}

let folder: string
let writer: string
let file: string

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'biomaj-killed-'))
  writer = path.join(folder, 'writer.mjs')
  file = path.join(folder, 'cluster.sqlite')
  await build({
    entryPoints: [path.join(import.meta.dirname, 'writer.ts')],
    outfile: writer,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node22.13',
  })
})

afterAll(() => rm(folder, {recursive: true}))

/** Lets a writer write until it has said so many lines, and kills it in the middle of whatever it does then. */
async function writeAndKill(round: number, lines: number): Promise<Acknowledged[]> {
  const child = spawn(process.execPath, [writer, file, String(round)], {stdio: ['ignore', 'pipe', 'pipe']})
  const exit = once(child, 'exit')
  let stderr = ''
  child.stderr.on('data', (text: Buffer) => {
    stderr += text.toString()
  })
  const said: Acknowledged[] = []
  for await (const line of createInterface({input: child.stdout})) {
    // The last line may have been cut off by the kill.
    if (line.endsWith('}')) said.push(JSON.parse(line) as Acknowledged)
    if (said.length === lines) child.kill('SIGKILL')
  }
  const [, signal] = (await exit) as [number | null, string | null]
  expect({signal, stderr: signal === 'SIGKILL' ? '' : stderr}).toEqual({signal: 'SIGKILL', stderr: ''})
  return said
}

it(`keeps all that was acknowledged when its process is killed, ${rounds} times in a row`, async () => {
  const all: Acknowledged[] = []
  for (let round = 0; round < rounds; round++) {
    all.push(...(await writeAndKill(round, 1 + Math.floor(Math.random() * mostLines))))

    const handle = new DatabaseSync(file)
    expect(handle.prepare('pragma integrity_check').all()).toEqual([{integrity_check: 'ok'}])
    handle.close()

    const database = openDatabase({file})
    const store = openSqliteStore(database)
    const queue = openSqliteQueue(database)
    const events = new Set((await store.events.after(0, 1_000_000)).events.map(({data}) => data['text']))
    const history = new Set((await store.history.list({limit: 1_000_000})).map(({id}) => id))
    const jobs = new Map((await queue.list({})).map(job => [job.id, job.state]))
    const banks = new Map<string, number>()
    for (const {name} of await store.banks.list()) {
      banks.set(name, Number((await store.banks.get(name))?.types.at(-1) ?? 0))
    }
    const lost = all.filter(what => {
      if ('bank' in what) return (banks.get(what.bank) ?? -1) < Number(what.last)
      if ('event' in what) return !events.has(what.event)
      if ('history' in what) return !history.has(what.history)
      const state = jobs.get(what.job)
      return state === undefined || order[state as keyof typeof order] < order[what.state]
    })
    expect(lost).toEqual([])
    expect(await queue.count({states: ['failed', 'cancelled']})).toBe(0)
    await store.close()
    await queue.close()
    database.close()
  }
  expect(all.length).toBeGreaterThan(rounds)
})
