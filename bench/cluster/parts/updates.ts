import {startFileServer} from '../file-server.ts'
import type {FileServer} from '../file-server.ts'
import {median} from '../figures.ts'
import type {Findings} from '../figures.ts'
import {startOurs} from '../ours.ts'
import type {Bench, Part} from '../part.ts'
import {type Memory, watchMemory} from '../process-tree.ts'
import {owner, startTheirs, theirProperties} from '../theirs.ts'

const rounds = 3

interface Content {
  name: string
  files: number
  bytes: number
}

interface Run {
  wallMs: number
  peak: Memory
}

export const smallFiles = updateOf({name: '200 files of 10 kB', files: 200, bytes: 10_000})
export const largeFile = updateOf({name: 'one file of 1 GB', files: 1, bytes: 1_000_000_000})

/** One update over HTTP on loopback, from the request to the end, on both sides in turns. */
function updateOf(content: Content): Part {
  return {
    summary: `an update of ${content.name}`,
    run: async bench => {
      const files = await startFileServer({folders: {data: content}})
      try {
        const ours: Run[] = []
        const theirs: Run[] = []
        for (let round = 0; round < rounds; round++) {
          bench.say(`round ${round + 1} of ${rounds} ...`)
          ours.push(await ourRun(bench, files))
          if (bench.compare) theirs.push(await theirRun(files))
        }
        return findings(content, {ours, theirs})
      } finally {
        await files.stop()
      }
    },
  }
}

function findings({name}: Content, {ours, theirs}: {ours: Run[]; theirs: Run[]}): Findings {
  const of = (runs: Run[], value: (run: Run) => number) => (runs.length === 0 ? null : median(runs.map(value)))
  const row = (figure: string, value: (run: Run) => number) => ({
    figure: `${name}: ${figure}`,
    ours: median(ours.map(value)),
    theirs: of(theirs, value),
  })
  return {
    figures: [
      {...row('wall time', ({wallMs}) => wallMs / 1000), unit: 's', bar: {ratioAtMost: 0.5}},
      {...row('peak memory (RSS)', ({peak}) => peak.rssMb), unit: 'MB', bar: {ratioAtMost: 1}},
      {...row('peak memory (PSS)', ({peak}) => peak.pssMb), unit: 'MB', bar: null},
    ],
    remarks: [
      `${name}: median of ${rounds} updates each, every one in a new cluster on disk; memory of all processes of a side, ` +
        'looked at every 50 ms (PSS, in which pages that processes share count once: every second). Theirs are the two web services, the ' +
        'message daemon and Redis, without what stands in for MongoDB, Consul and the proxy.',
      `${name}: theirs downloads with one thread, as with its usual two most of its updates fail on the Python of Debian 12.`,
    ],
  }
}

async function ourRun(bench: Bench, files: FileServer): Promise<Run> {
  const cluster = await startOurs(bench, {memory: false})
  try {
    await cluster.addBank(files.bank('data', {folder: 'data'}))
    await cluster.request({path: '/api/daemon/bank/data/check'})
    const watch = watchMemory([cluster.pid])
    const wallMs = await cluster.update('data').finally(() => watch.stop())
    return {wallMs, peak: watch.stop()}
  } finally {
    await cluster.stop()
  }
}

async function theirRun(files: FileServer): Promise<Run> {
  const {cluster, pids, update} = await startTheirs()
  try {
    await cluster.addBank(files.bank('data', {folder: 'data', properties: theirProperties}), owner)
    const watch = watchMemory(pids)
    const wallMs = await update('data').finally(() => watch.stop())
    return {wallMs, peak: watch.stop()}
  } finally {
    await cluster.stop()
  }
}
