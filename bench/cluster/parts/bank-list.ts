import {readFile, writeFile} from 'node:fs/promises'
import http from 'node:http'
import path from 'node:path'
import type {RealCluster} from '../../../test/support/real-cluster/index.ts'
import {startFileServer} from '../file-server.ts'
import type {FileServer} from '../file-server.ts'
import {median} from '../figures.ts'
import type {Figure} from '../figures.ts'
import {startOurs} from '../ours.ts'
import type {Bench, Part} from '../part.ts'
import {processorSeconds} from '../process-tree.ts'
import {runProgram} from '../run-program.ts'
import {owner, startTheirs, theirProperties} from '../theirs.ts'

const banks = 1000
const asksAtATime = 4
const loadMs = 8000
const changes = 20

interface Speed {
  answers: number
  perSecond: number
  bytes: number
}

/** The list of a thousand banks with a release each, to nobody in particular. */
export const bankList: Part = {
  summary: `the list of ${banks} banks`,
  run: async bench => {
    const files = await startFileServer({folders: {data: {files: 1, bytes: 1000}}})
    try {
      const {speed, changedMs} = await ourSpeed(bench, files)
      const theirs = bench.compare ? await theirSpeed(bench, files) : null
      const figures: Figure[] = [
        {
          figure: `list of ${banks} banks`,
          unit: 'per s',
          ours: speed.perSecond,
          theirs: theirs?.atBest ?? null,
          bar: {ratioAtLeast: 10},
        },
        {
          figure: `list of ${banks} banks, theirs with the stand-in of its database`,
          unit: 'per s',
          ours: speed.perSecond,
          theirs: theirs?.perSecond ?? null,
          bar: null,
        },
        {
          figure: `list of ${banks} banks right after one has changed`,
          unit: 'ms',
          ours: changedMs,
          theirs: null,
          bar: null,
        },
      ]
      const sizes = [`ours ${speed.bytes} bytes`, ...(theirs === null ? [] : [`theirs ${theirs.bytes} bytes`])]
      return {
        figures,
        remarks: [
          `Bank list: ${asksAtATime} requests at a time for ${loadMs / 1000} s, without a key; ${sizes.join(', ')}. ` +
            'Theirs is asked at its web service, without a proxy between, and asks its database once for each bank. The ' +
            'stand-in of MongoDB has no indices, so the first row counts only the time that the web service itself had ' +
            'of a processor, as if the database answered in no time.',
        ],
      }
    } finally {
      await files.stop()
    }
  },
}

async function ourSpeed(bench: Bench, files: FileServer): Promise<{speed: Speed; changedMs: number}> {
  const cluster = await startOurs(bench, {memory: false})
  try {
    await cluster.addBank(files.bank('data', {folder: 'data'}))
    await cluster.update('data')
    await runProgram('clone-bank', {args: [cluster.dataDirectory, 'data', String(banks - 1)], folder: bench.scratch})
    const url = new URL('/api/daemon/bank', cluster.url)
    const speed = await load(url)
    const times: number[] = []
    for (let change = 0; change < changes; change++) {
      const visibility = change % 2 === 0 ? 'private' : 'public'
      await cluster.request({method: 'PUT', path: `/api/daemon/bank/data/visibility/${visibility}`, body: {}})
      const started = performance.now()
      await get(url, undefined)
      times.push(performance.now() - started)
    }
    return {speed, changedMs: median(times)}
  } finally {
    await cluster.stop()
  }
}

/** @returns `atBest`: lists in a second of the web service's own time, of which it can use one processor */
async function theirSpeed(bench: Bench, files: FileServer): Promise<Speed & {atBest: number}> {
  bench.say('unmodified BioMAJ ...')
  const {cluster, document, update} = await startTheirs()
  try {
    await cluster.addBank(files.bank('data', {folder: 'data', properties: theirProperties}), owner)
    await update('data')
    const {_id, ...bank} = (await document('data')) ?? {}
    await cluster.halt()
    const store = path.join(cluster.root, 'store.json')
    const content = JSON.parse(await readFile(store, 'utf8')) as {biomaj: {banks: unknown[]}}
    for (let number = 1; number < banks; number++) {
      const name = `data${String(number).padStart(4, '0')}`
      content.biomaj.banks.push({...bank, name})
      // It lists no bank without properties.
      await cluster.addBank(files.bank(name, {folder: 'data'}))
    }
    await writeFile(store, JSON.stringify(content))
    await cluster.start()
    const url = new URL(`http://${cluster.address}:${await webPort(cluster)}/api/daemon/bank`)
    const {web = 0} = cluster.processes
    const before = processorSeconds(web)
    const speed = await load(url)
    // One list was asked for beside those that count.
    return {...speed, atBest: (speed.answers + 1) / (processorSeconds(web) - before)}
  } finally {
    await cluster.stop()
  }
}

async function webPort({paths}: RealCluster): Promise<string> {
  const config = await readFile(path.join(paths.services, 'web.yml'), 'utf8')
  return /^ {2}port: (\d+)$/m.exec(config.slice(config.indexOf('\nweb:')))?.[1] ?? ''
}

/** Asks as fast as answers come. */
async function load(url: URL): Promise<Speed> {
  const agent = new http.Agent({keepAlive: true, maxSockets: asksAtATime})
  try {
    const text = await get(url, agent)
    const {banks: rows} = JSON.parse(text.toString()) as {banks: unknown[]}
    if (rows.length !== banks) throw new Error(`${url.href} lists ${rows.length} banks`)
    let answers = 0
    const started = performance.now()
    const ask = async () => {
      while (performance.now() - started < loadMs) {
        await get(url, agent)
        answers += 1
      }
    }
    await Promise.all(Array.from({length: asksAtATime}, ask))
    return {answers, perSecond: answers / ((performance.now() - started) / 1000), bytes: text.length}
  } finally {
    agent.destroy()
  }
}

async function get(url: URL, agent: http.Agent | undefined): Promise<Buffer> {
  return await new Promise((resolve, reject) => {
    const request = http.get(url, agent === undefined ? {} : {agent}, response => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part))
      response.once('end', () => {
        if (response.statusCode === 200) resolve(Buffer.concat(parts))
        else reject(new Error(`${url.href} answers with ${String(response.statusCode)}`))
      })
      response.once('error', reject)
    })
    request.once('error', reject)
  })
}
