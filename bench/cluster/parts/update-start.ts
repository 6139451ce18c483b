import type {FileServer} from '../file-server.ts'
import {startFileServer} from '../file-server.ts'
import {median, percentile} from '../figures.ts'
import type {Figure} from '../figures.ts'
import {startOurs} from '../ours.ts'
import type {OurCluster} from '../ours.ts'
import type {Bench, Part} from '../part.ts'
import {owner, startTheirs, theirProperties} from '../theirs.ts'
import {until} from '../until.ts'

const updates = 20
const theirUpdates = 8
const barMs = 50

interface Delays {
  /** Until a worker has the job, as the job tells. */
  taken: number
  /** Until the first step of the run begins, as the run tells. */
  firstStep: number
  /** Until the file server is asked for something of the bank. */
  asked: number
}

/** From the request of an update to its beginning, in a cluster with nothing else to do. */
export const updateStart: Part = {
  summary: 'from the request of an update to its beginning',
  run: async bench => {
    const folders = Object.fromEntries(names(updates).map(name => [name, {files: 1, bytes: 1000}]))
    const files = await startFileServer({folders})
    try {
      const delays = await ourDelays(bench, files)
      const theirs = bench.compare ? await theirDelays(bench) : null
      const rows = (what: string, values: number[]): Figure[] => [
        {figure: `request to ${what}, median of ${updates}`, unit: 'ms', ours: median(values), theirs: null, bar: null},
        {
          figure: `request to ${what}, p95 of ${updates}`,
          unit: 'ms',
          ours: percentile(values, 95),
          theirs: null,
          bar: {atMost: barMs},
        },
      ]
      return {
        figures: [
          ...rows(
            'the start of the job',
            delays.map(({taken}) => taken),
          ),
          ...rows(
            'the first step of the run',
            delays.map(({firstStep}) => firstStep),
          ),
          {
            figure: 'request to the first question to the remote side, median',
            unit: 'ms',
            ours: median(delays.map(({asked}) => asked)),
            theirs,
            bar: null,
          },
        ],
        remarks: [
          'Start of an update: both clusters are idle, on disk. The file server tells when it is first asked for something of the bank.',
        ],
      }
    } finally {
      await files.stop()
    }
  },
}

function names(count: number): string[] {
  return Array.from({length: count}, (_, number) => `start${String(number).padStart(2, '0')}`)
}

async function ourDelays(bench: Bench, files: FileServer): Promise<Delays[]> {
  const cluster = await startOurs(bench, {memory: false})
  try {
    const delays: Delays[] = []
    for (const name of names(updates)) {
      await cluster.addBank(files.bank(name, {folder: name}))
      delays.push(await ourDelay(cluster, {name, files}))
    }
    return delays
  } finally {
    await cluster.stop()
  }
}

async function ourDelay(cluster: OurCluster, {name, files}: {name: string; files: FileServer}): Promise<Delays> {
  // The bank's properties are read for the first time here, and the request pays for no connection of its own.
  await cluster.request({path: `/api/daemon/bank/${name}/check`})
  const askedAtMs = Date.now()
  const {text} = await cluster.request({method: 'POST', path: `/api/daemon/bank/${name}`, body: {}})
  const {job: id} = JSON.parse(text) as {job: string}
  const job = await until(
    async () => {
      const {job: read} = JSON.parse((await cluster.request({path: `/api/daemon/jobs/${id}`})).text) as {
        job: {state: string; startedAt: string}
      }
      return read.state === 'done' ? read : undefined
    },
    {what: `the update of ${name}`},
  )
  const {run} = JSON.parse((await cluster.request({path: `/api/daemon/bank/${name}/run`})).text) as {
    run: {steps: Array<{startedAt: string | null}>}
  }
  const steps = run.steps.flatMap(({startedAt}) => (startedAt === null ? [] : [Date.parse(startedAt)]))
  return {
    taken: Date.parse(job.startedAt) - askedAtMs,
    firstStep: Math.min(...steps) - askedAtMs,
    asked: ((await files.firstAskedMs(name)) ?? Number.NaN) - askedAtMs,
  }
}

async function theirDelays(bench: Bench): Promise<number> {
  bench.say('unmodified BioMAJ ...')
  const folders = Object.fromEntries(names(theirUpdates).map(name => [name, {files: 1, bytes: 1000}]))
  const files = await startFileServer({folders})
  const {cluster, update} = await startTheirs()
  try {
    const delays: number[] = []
    for (const name of names(theirUpdates)) {
      await cluster.addBank(files.bank(name, {folder: name, properties: theirProperties}), owner)
      const askedAtMs = Date.now()
      await update(name)
      delays.push(((await files.firstAskedMs(name)) ?? Number.NaN) - askedAtMs)
    }
    return median(delays)
  } finally {
    await cluster.stop()
    await files.stop()
  }
}
