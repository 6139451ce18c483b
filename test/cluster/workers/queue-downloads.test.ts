import {createServer, type Server} from 'node:http'
import {once} from 'node:events'
import {readdirSync, writeFileSync} from 'node:fs'
import type {AddressInfo} from 'node:net'
import path from 'node:path'
import {afterEach, beforeEach, expect, it} from 'vitest'
import {RunCancelled} from '../../../src/cluster/engine/engine.js'
import type {DownloadRequest} from '../../../src/cluster/engine/ports.js'
import type {ReleaseFile, TransferProgress} from '../../../src/cluster/model/bank.js'
import type {Job} from '../../../src/cluster/queue/queue.js'
import {startDownloadWorkers} from '../../../src/cluster/workers/index.js'
import {queueDownloads} from '../../../src/cluster/workers/queue-ports.js'
import {until} from '../../support/until.js'
import {addJob, openWorkplace, untilState, type Workplace} from './support/site.js'
import {plainUpdate} from '../../../src/cluster/queue/plain-update.js'

let place: Workplace
let server: Server
let underWay = 0
let mostUnderWay = 0
let release = () => {}

beforeEach(async () => {
  place = openWorkplace()
  underWay = 0
  mostUnderWay = 0
  const gate = Promise.withResolvers<void>()
  release = gate.resolve
  // Names tell what becomes of a file: "fast", "missing", or "slow": its second half comes when the gate is opened.
  server = createServer((request, response) => {
    const name = path.basename(request.url ?? '')
    if (name.startsWith('missing')) {
      response.writeHead(404).end()
      return
    }
    underWay += 1
    mostUnderWay = Math.max(mostUnderWay, underWay)
    response.once('close', () => (underWay -= 1))
    response.writeHead(200, {'content-length': 10})
    if (request.method === 'HEAD' || name.startsWith('fast'))
      response.end(request.method === 'HEAD' ? '' : '0123456789')
    else {
      response.write('01234')
      void gate.promise.then(() => response.end('56789'))
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  writeFileSync(path.join(place.root, 'conf', 'alu.properties'), properties())
})

afterEach(async () => {
  release()
  await place.close()
  server.closeAllConnections()
  server.close()
})

const address = () => `127.0.0.1:${(server.address() as AddressInfo).port}`
const properties = () => `[GENERAL]
protocol=http
server=${address()}
remote.dir=/
options.names=stop_condition
options.stop_condition=stop_after_attempt(1)
`
const named = (...names: string[]): ReleaseFile[] =>
  names.map(name => ({name, saveAs: name, size: 10, date: {year: 2024, month: 5, day: 6}, hash: null}))
const numbered = (prefix: string, count: number) => named(...Array.from({length: count}, (_, n) => `${prefix}${n}`))

function request(files: ReleaseFile[]): DownloadRequest {
  const remote = {protocol: 'http' as const, server: address(), directory: '/', source: 'main' as const}
  return {bank: 'alu', session: 1, remote, files, targetDirectory: path.join(place.root, 'data')}
}

async function parentJob(bank = 'alu'): Promise<Job> {
  await addJob(place.context.queue, 'update', plainUpdate(bank), {bank, priority: 3})
  return (await place.context.queue.take({kinds: ['update'], worker: 'test', leaseMs: 60_000})) as Job
}

interface Run {
  threads?: number
  signal?: AbortSignal
  onProgress?: (progress: TransferProgress) => void
}

async function fetchAll(files: ReleaseFile[], {threads = 2, signal, onProgress = () => {}}: Run = {}, parent?: Job) {
  const {queue} = place.context
  const downloads = queueDownloads({queue, parent: parent ?? (await parentJob())})
  const options = {threads, signal: signal ?? new AbortController().signal, onProgress}
  return await downloads.fetch(request(files), options)
}

const startWorkers = async (slots: number) =>
  await place.keep(startDownloadWorkers({context: place.context, env: {}, slots}))
const children = async () => await place.context.queue.list({kinds: ['download']})

it('gives the files in the order of the request, and tells how far it is', async () => {
  await startWorkers(2)
  const files = numbered('fast', 40)
  const told: TransferProgress[] = []
  const parent = await parentJob()
  const fetched = await fetchAll(files, {onProgress: progress => told.push({...progress})}, parent)
  expect(fetched).toEqual(files)
  expect(readdirSync(path.join(place.root, 'data')).toSorted()).toEqual(files.map(({name}) => name).toSorted())
  expect(told[0]).toEqual({filesDone: 0, filesTotal: 40, bytesDone: 0, bytesTotal: 400})
  expect(told.at(-1)).toEqual({filesDone: 40, filesTotal: 40, bytesDone: 400, bytesTotal: 400})
  const done = told.map(({filesDone}) => filesDone)
  expect(done).toEqual(done.toSorted((a, b) => a - b))
  const jobs = await children()
  // Small files share a connection, and there is work for each thread until the end.
  expect(jobs).toHaveLength(8)
  for (const job of jobs) {
    expect(job).toMatchObject({state: 'done', parent: parent.id, user: 'me', correlationId: 'c1', priority: 3})
  }
})

it('has no more jobs in the queue than threads, however many workers there are', async () => {
  await startWorkers(6)
  const running = fetchAll(numbered('slow', 12), {threads: 3})
  await until('three files come', () => underWay === 3)
  expect(await children()).toHaveLength(3)
  release()
  await running
  expect(mostUnderWay).toBe(3)
})

it('fetches no more at a time than there are workers, whatever the number of banks', async () => {
  await startWorkers(3)
  writeFileSync(path.join(place.root, 'conf', 'blast.properties'), properties())
  const parents = [await parentJob('alu'), await parentJob('blast')]
  const running = parents.map(async parent => fetchAll(numbered(parent.bank, 8), {threads: 4}, parent))
  await until('three files come', () => underWay === 3)
  await until('the rest waits', async () => (await place.context.queue.count({states: ['queued']})) >= 5)
  release()
  await Promise.all(running)
  expect(mostUnderWay).toBe(3)
})

it('tells of bytes while a file comes', async () => {
  await startWorkers(1)
  const told: TransferProgress[] = []
  const running = fetchAll(named('slow'), {onProgress: progress => told.push({...progress})})
  await until('half of it is told', () => told.some(({bytesDone}) => bytesDone === 5))
  release()
  expect(await running).toEqual(named('slow'))
})

it('stops the others at the first file that is given up, and says why', async () => {
  await startWorkers(3)
  const running = fetchAll(named('slow0', 'slow1', 'missing'), {threads: 3})
  await expect(running).rejects.toMatchObject({
    code: 'update_failed',
    message: expect.stringMatching(/missing.*404/),
  })
  expect((await children()).map(({state}) => state).toSorted()).toEqual(['cancelled', 'cancelled', 'failed'])
  expect(await place.context.queue.count({states: ['running', 'queued']})).toBe(1)
  await until('the connections are closed', () => underWay === 0)
})

it('cancels what runs and what waits when it is aborted, and is over when nobody works any more', async () => {
  await startWorkers(1)
  const stop = new AbortController()
  const running = fetchAll(numbered('slow', 9), {threads: 2, signal: stop.signal})
  await until('one comes and one waits', async () => underWay === 1 && (await children()).length === 2)
  stop.abort(new Error('enough'))
  await expect(running).rejects.toThrow('enough')
  expect((await children()).map(({state}) => state)).toEqual(['cancelled', 'cancelled'])
  await until('the connection is closed', () => underWay === 0)
})

it('gives downloads under way to another worker when one is stopped', async () => {
  const first = await startWorkers(1)
  const running = fetchAll(named('slow'))
  await until('it comes', () => underWay === 1)
  await first.stop({immediately: false})
  const [child] = await children()
  expect(child).toMatchObject({state: 'queued', attempts: 0})
  release()
  await startWorkers(1)
  await running
  expect(await untilState(place.context.queue, child?.id ?? '', 'done')).toMatchObject({attempts: 1})
})

it('says so when somebody cancels one of its downloads', async () => {
  const running = fetchAll(named('slow'))
  await until('it waits', async () => (await children()).length === 1)
  const [child] = await children()
  await place.context.queue.cancel(child?.id ?? '', 'root')
  await expect(running).rejects.toThrow(RunCancelled.by('root'))
})
