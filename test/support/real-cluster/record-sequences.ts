/**
 * Records how runs look from outside, four times a second: `node test/support/real-cluster/record-sequences.ts [name...]`
 * rewrites test/fixtures/sequences. Each scenario has a cluster of its own.
 */
import {mkdir, readFile, writeFile} from 'node:fs/promises'
import path from 'node:path'
import {fileURLToPath} from 'node:url'
import {startHttpUpstream} from '../upstream/index.ts'
import type {HttpUpstream} from '../upstream/index.ts'
import {anonymise, recordingStart} from './anonymise.ts'
import {startRealCluster} from './index.ts'
import type {ClusterAnswer, ClusterRequest, RealCluster} from './index.ts'
import {scenarios} from './scenarios.ts'
import type {Scenario, Stage} from './scenarios.ts'
import {withoutRepeats} from './sequences.ts'
import type {Polled, Sample, SequenceEvent, StoredSequence} from './sequences.ts'

const fixtures = fileURLToPath(new URL('../../fixtures/', import.meta.url))
const target = path.join(fixtures, 'sequences')
const pollMs = 250
const afterEndMs = 4000
const patienceMs = 30_000

function polled(answer: ClusterAnswer): Polled {
  const json = answer.headers.get('content-type') === 'application/json'
  return {status: answer.status, body: json ? (JSON.parse(answer.text) as unknown) : answer.text}
}

async function poll(cluster: RealCluster, request: ClusterRequest): Promise<Polled> {
  try {
    return polled(await cluster.request({apiKey: cluster.user('jane').apiKey, ...request}))
  } catch (error) {
    const cause = error instanceof Error ? (error.cause as {code?: string} | undefined) : undefined
    if (cause?.code === undefined) throw error
    return {error: cause.code}
  }
}

async function sample(cluster: RealCluster, banks: readonly string[], atMs: number): Promise<Sample> {
  const ofEachBank = async (route: (bank: string) => string) =>
    Object.fromEntries(await Promise.all(banks.map(async bank => [bank, await poll(cluster, {path: route(bank)})])))
  const rpc = async (options: Record<string, unknown>) =>
    await poll(cluster, {method: 'POST', path: '/api/daemon', body: {options}})
  const [status, whatsup, locks, history, log] = await Promise.all([
    ofEachBank(bank => `/api/daemon/bank/${bank}/status`) as Promise<Record<string, Polled>>,
    poll(cluster, {path: '/api/daemon/whatsup'}),
    rpc({whatsup: true, json: true}),
    rpc({history: true, historyLimit: 20, json: true, proxy: true}),
    ofEachBank(bank => `/api/daemon/bank/${bank}/log/100`) as Promise<Record<string, Polled>>,
  ])
  return {atMs, status, whatsup, locks, history, log}
}

/** How many runs the message daemon has ended, as its own log says: independent of what is recorded. */
async function endedRuns(cluster: RealCluster): Promise<number> {
  const log = await readFile(path.join(cluster.paths.services, 'daemon1.log'), 'utf8')
  return log.match(/Biomaj:Daemon:\w+:over/gu)?.length ?? 0
}

async function until(what: string, check: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + patienceMs
  while (!(await check())) {
    if (Date.now() > deadline) throw new Error(`Waited too long until ${what}`)
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}

function stageFor(
  cluster: RealCluster,
  upstream: HttpUpstream,
  note: (event: SequenceEvent) => void,
  now: () => number,
): Stage {
  const stage: Stage = {
    cluster,
    upstream,
    until,
    async ask(what, request, who = 'jane') {
      const atMs = now()
      note({atMs, what, answer: await poll(cluster, {apiKey: cluster.user(who).apiKey, body: {}, ...request})})
    },
    async act(what, action) {
      note({atMs: now(), what})
      await action()
    },
    update: async (bank, body = {}, who = 'jane') =>
      await stage.ask(
        `${who} asks for an update of ${bank} ${JSON.stringify(body)}`,
        {method: 'POST', path: `/api/daemon/bank/${bank}`, body},
        who,
      ),
    cancel: async bank =>
      await stage.ask(`jane cancels ${bank}`, {method: 'PUT', path: `/api/daemon/bank/${bank}/cancel`}),
    async runsToEnd(count = 1) {
      const before = await endedRuns(cluster)
      return async () => await until('the run is over', async () => (await endedRuns(cluster)) >= before + count)
    },
    async finish(bank, body = {}) {
      const over = await stage.runsToEnd()
      await stage.update(bank, body)
      await over()
    },
    seen: async (text, route) =>
      await until(`${text} is seen`, async () => (await cluster.request({path: route})).text.includes(text)),
  }
  return stage
}

async function record({name, description, banks, prepare, play}: Scenario): Promise<void> {
  const upstream = await startHttpUpstream()
  const cluster = await startRealCluster({timeZone: 'Etc/GMT-1'})
  try {
    const fasta = await readFile(path.join(fixtures, 'fasta/alu.n'), 'utf8')
    for (const directory of ['alu', 'other']) {
      await upstream.put(`/${directory}/alu.n`, fasta, new Date('2025-11-20T10:00:00Z'))
    }
    let startedAtMs = Date.now()
    let events: SequenceEvent[] = []
    const now = () => Date.now() - startedAtMs
    const stage = stageFor(cluster, upstream, event => events.push(event), now)
    await prepare(stage)
    events = []
    // The first answers of a cluster are slow; in a recording they would show a moment that is long over.
    await sample(cluster, banks, 0)
    await sample(cluster, banks, 0)
    const samples: Sample[] = []
    const recording = new AbortController()
    startedAtMs = Date.now() + 2 * pollMs
    const sampling = (async () => {
      while (!recording.signal.aborted) {
        const atMs = now()
        samples.push(await sample(cluster, banks, atMs))
        await new Promise(resolve => setTimeout(resolve, Math.max(0, pollMs - (now() - atMs))))
      }
    })()
    const playing = (async () => {
      await new Promise(resolve => setTimeout(resolve, 2 * pollMs))
      await play(stage)
      await new Promise(resolve => setTimeout(resolve, afterEndMs))
    })()
    await playing.finally(() => {
      recording.abort()
    })
    await sampling
    const stored: StoredSequence = {
      name,
      description,
      startedAt: new Date(recordingStart + (startedAtMs % 1000)).toISOString(),
      recordedWith: 'node test/support/real-cluster/record-sequences.ts',
      events,
      samples: withoutRepeats(samples),
    }
    const machine = {root: cluster.root, address: cluster.address, aheadOfUtcMs: 3_600_000, startedAtMs}
    await writeFile(path.join(target, `${name}.json`), `${anonymise(JSON.stringify(stored, null, 1), machine)}\n`)
  } finally {
    await cluster.stop()
    await upstream.stop()
  }
}

await mkdir(target, {recursive: true})
const wanted = process.argv.slice(2)
for (const scenario of scenarios) {
  if (wanted.length > 0 && !wanted.includes(scenario.name)) continue
  process.stderr.write(`${scenario.name}\n`)
  await record(scenario)
}
