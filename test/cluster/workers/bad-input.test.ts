import {randomBytes} from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {createEngine, engineClock} from '../../../src/cluster/engine/create-engine.js'
import type {UpdateRequest} from '../../../src/cluster/queue/queue.js'
import {startDownloadWorkers, startProcessWorkers, startUpdateWorkers} from '../../../src/cluster/workers/index.js'
import {until} from '../../support/until.js'
import {type ScriptedServer, scriptedServer} from '../engine/remotes/scripted-server.js'
import {isAlive} from './support/processes.js'
import {addJob, openWorkplace, untilState, type Workplace} from './support/site.js'
import {startWorkerProcess} from './support/worker-process.js'

let place: Workplace
const servers: ScriptedServer[] = []

beforeEach(() => {
  place = openWorkplace()
})

afterEach(async () => {
  await place.close()
  await Promise.all(servers.splice(0).map(async server => server.stop()))
})

const env = {PATH: process.env['PATH']}
const content = randomBytes(3_000_000)
const headers = {etag: '"one"', 'last-modified': 'Mon, 06 May 2024 10:00:00 GMT', 'accept-ranges': 'bytes'}

async function serve(answer: Parameters<typeof scriptedServer>[0]): Promise<ScriptedServer> {
  const server = await scriptedServer(answer)
  servers.push(server)
  return server
}

/** Serves one file, `big`; a GET sends so many bytes and then nothing more. */
async function serveBig({stopAfter = content.length}: {stopAfter?: number} = {}): Promise<ScriptedServer> {
  return serve((request, response, count) => {
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0)
    const body = content.subarray(from)
    const range = from > 0 ? {'content-range': `bytes ${from}-${content.length - 1}/${content.length}`} : {}
    response.writeHead(from > 0 ? 206 : 200, {...headers, ...range, 'content-length': body.length})
    if (request.method === 'HEAD') response.end()
    // The first to ask is the one that looks at the file; the second one fetches it.
    else if (count <= 2 && stopAfter < body.length) response.write(body.subarray(0, stopAfter))
    else response.end(body)
  })
}

function bank(properties: Record<string, string>, name = 'alu'): void {
  const folder = (key: string) => {
    mkdirSync(path.join(place.root, key), {recursive: true})
    return path.join(place.root, key)
  }
  const all: Record<string, string> = {
    'cache.dir': folder('cache'),
    'lock.dir': folder('lock'),
    'log.dir': folder('log'),
    'db.fullname': 'Alu',
    'db.type': 'n',
    'local.files': '.*',
    'offline.dir.name': 'offline',
    'dir.version': 'alu',
    auto_publish: '1',
    'options.names': 'stop_condition,wait_policy',
    'options.stop_condition': 'stop_after_attempt(1)',
    'options.wait_policy': 'wait_none',
    ...properties,
  }
  const lines = Object.entries(all).map(([key, value]) => `${key}=${value}\n`)
  writeFileSync(path.join(place.root, 'conf', `${name}.properties`), `[GENERAL]\n${lines.join('')}`)
}

const direct = ({server}: ScriptedServer) => ({
  protocol: 'directhttp',
  server,
  'remote.dir': '/big',
  'target.name': 'big',
  'release.format': '%%Y',
})

async function startEngine(): Promise<void> {
  const {context} = place
  const {store, settings, log} = context
  await place.keep(
    startUpdateWorkers({
      context,
      engine: ports => createEngine({store, settings, log, clock: engineClock, env, ...ports}),
      slots: 1,
    }),
  )
}

const update: UpdateRequest = {
  bank: 'alu',
  publish: true,
  fromScratch: false,
  stopBefore: null,
  stopAfter: null,
  fromTask: null,
  process: null,
  release: null,
}

/** The reason must be told wherever somebody could look, and nothing half-made may look like a release. */
async function failureOf(id: string): Promise<string> {
  const {queue, store} = place.context
  const {reason} = await untilState(queue, id, 'failed')
  expect(await store.history.list({limit: 1})).toMatchObject([{error: true, reason}])
  const stored = await store.banks.get('alu')
  expect(stored).toMatchObject({current: null, production: [], status: {running: null, reason}})
  expect(readFileSync(stored?.status?.logFile ?? '', 'utf8')).toContain(reason)
  expect(existsSync(path.join(place.root, 'data', 'alu', 'current'))).toBe(false)
  expect(await store.locks.list()).toEqual([])
  return reason ?? ''
}

describe('an update that cannot go well tells why in job, history, status and log, and publishes nothing', () => {
  it('when the disk takes no more of a file', async () => {
    const upstream = await serveBig()
    bank(direct(upstream))
    await startEngine()
    // Half of the file: as with a disk that is full, the system refuses the write.
    const worker = await startWorkerProcess(place.root, 60_000, 3000)
    try {
      const {id} = await addJob(place.context.queue, 'update', update)
      expect(await failureOf(id)).toMatch(/big.*cannot be written: the file system takes no file of this size/)
    } finally {
      worker.kill('SIGKILL')
    }
    // With room again, what is there is gone on with.
    await place.keep(startDownloadWorkers({context: place.context, env, slots: 1}))
    const {id} = await addJob(place.context.queue, 'update', update)
    await untilState(place.context.queue, id, 'done')
    expect(readFileSync(path.join(place.root, 'data/alu/current/flat/big')).equals(content)).toBe(true)
    expect(upstream.requests.map(({headers}) => headers.range)).toContain(`bytes=${3000 * 512}-`)
  })

  it('when the disk is full', async () => {
    bank(direct(await serveBig()))
    mkdirSync(path.join(place.root, 'data/offline'), {recursive: true})
    // What is written there finds no space, ever.
    symlinkSync('/dev/full', path.join(place.root, 'data/offline/big.biomaj.part'))
    await startEngine()
    await place.keep(startDownloadWorkers({context: place.context, env, slots: 1}))
    const {id} = await addJob(place.context.queue, 'update', update)
    expect(await failureOf(id)).toMatch(/big.*the disk is full/)
  })

  it('when the remote side stalls', async () => {
    bank({...direct(await serveBig({stopAfter: 1000})), 'timeout.download': '1'})
    await startEngine()
    await place.keep(startDownloadWorkers({context: place.context, env, slots: 1}))
    const {id} = await addJob(place.context.queue, 'update', update)
    expect(await failureOf(id)).toMatch(/took longer than 1 s/)
  })

  it('when a process never ends, which is killed with all that it has started', async () => {
    const pids = () => {
      const file = path.join(place.root, 'pids')
      return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').map(Number) : []
    }
    const note = `echo $$ >> ${place.root}/pids; while :; do sleep 1; done`
    writeFileSync(path.join(place.root, 'process/child.sh'), `#!/bin/sh\n${note}\n`, {mode: 0o755})
    writeFileSync(
      path.join(place.root, 'process/never.sh'),
      `#!/bin/sh\n${place.root}/process/child.sh &\nsetsid ${place.root}/process/child.sh &\n${note}\n`,
      {mode: 0o755},
    )
    bank({
      ...direct(await serveBig()),
      BLOCKS: 'B',
      'B.db.post.process': 'M',
      M: 'P',
      'P.name': 'P',
      'P.exe': 'never.sh',
      'P.args': '',
    })
    place.context.settings.processTimeoutMs = 3000
    await startEngine()
    await place.keep(startDownloadWorkers({context: place.context, env, slots: 1}))
    await place.keep(startProcessWorkers({context: place.context, env, slots: 1}))
    const {id} = await addJob(place.context.queue, 'update', update)
    expect(await failureOf(id)).toMatch(/ran longer than it may/)
    expect(pids()).toHaveLength(3)
    await until('all are dead', () => !pids().some(isAlive))
  })

  it.each([
    [{'dir.version': '../../outside'}, /dir\.version/],
    [{'dir.version': 'alu/../../outside'}, /dir\.version/],
    [{'dir.version': '/outside'}, /dir\.version/],
    [{'offline.dir.name': '../outside'}, /offline\.dir\.name/],
    [{'offline.dir.name': '.'}, /offline\.dir\.name/],
    [{'data.dir': 'relative'}, /data\.dir/],
    [{'data.dir': '/'}, /data\.dir/],
    [{'target.name': '../../outside'}, /cannot be saved/],
    [{'target.name': '/../outside'}, /cannot be saved/],
    [{'release.separator': '/../../outside'}, /name of the release/],
  ])('when its properties lead out of the data directory: %j', async (properties, reason) => {
    const upstream = await serveBig()
    bank(direct(upstream))
    await startEngine()
    await place.keep(startDownloadWorkers({context: place.context, env, slots: 1}))
    const {queue, store} = place.context
    await untilState(queue, (await addJob(queue, 'update', update)).id, 'done')
    const published = readlinkSync(path.join(place.root, 'data/alu/current'))
    bank({...direct(upstream), ...properties})
    const {id} = await addJob(queue, 'update', {...update, fromScratch: true})
    expect((await untilState(queue, id, 'failed')).reason).toMatch(reason)
    expect(await store.history.list({limit: 1})).toMatchObject([{error: true, reason: expect.stringMatching(reason)}])
    const names = readdirSync(place.root, {recursive: true}).map(String)
    expect(names.filter(name => name.includes('outside'))).toEqual([])
    expect(existsSync('/outside')).toBe(false)
    expect(readlinkSync(path.join(place.root, 'data/alu/current'))).toBe(published)
  })

  it.each(['../alu', '.hidden', 'a/b', 'a\0b', '', 'x'.repeat(300)])('when the bank is called %j', async name => {
    await startEngine()
    const {id} = await addJob(place.context.queue, 'update', {...update, bank: name}, {bank: name})
    expect((await untilState(place.context.queue, id, 'failed')).reason).toMatch(/name of a bank|no bank/)
    expect(readdirSync(path.join(place.root, 'data'))).toEqual([])
    expect(readdirSync(path.join(place.root, 'log'))).toEqual([])
  })
})

it('gives a download to the next worker when one is killed in the middle, and goes on with what there is', async () => {
  const upstream = await serveBig({stopAfter: 1_000_000})
  bank(direct(upstream))
  await startEngine()
  const {queue} = place.context
  const part = path.join(place.root, 'data/offline/big.biomaj.part')
  const first = await startWorkerProcess(place.root, 1000)
  const {id} = await addJob(queue, 'update', update)
  await until('half of it is there', () => existsSync(part) && statSync(part).size >= 900_000)
  first.kill('SIGKILL')
  const kept = statSync(part).size
  const second = await startWorkerProcess(place.root, 1000)
  try {
    await untilState(queue, id, 'done')
  } finally {
    second.kill('SIGKILL')
  }
  const [download] = await queue.list({parent: id})
  expect(download).toMatchObject({kind: 'download', state: 'done', attempts: 2})
  expect(upstream.requests.at(-1)?.headers.range).toBe(`bytes=${kept}-`)
  expect(readFileSync(path.join(place.root, 'data/alu/current/flat/big')).equals(content)).toBe(true)
  expect(existsSync(part)).toBe(false)
})
