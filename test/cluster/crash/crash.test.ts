import {readFile, readdir} from 'node:fs/promises'
import path from 'node:path'
import {setTimeout as pause} from 'node:timers/promises'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import type {EmbeddedCluster} from '../../support/embedded-cluster/index.js'
import {startEmbeddedCluster} from '../../support/embedded-cluster/index.js'
import {startHttpUpstream} from '../../support/upstream/index.js'
import type {HttpUpstream} from '../../support/upstream/index.js'
import {crashBanks, putRelease, releaseOf} from './banks.js'
import type {Files} from './banks.js'
import {problemsAtRest, problemsOnDisk} from './invariants.js'
import {randomNumbers} from './random.js'

/** BIOMAJ_TEST_CRASHES=200 kills as often; BIOMAJ_TEST_SEED gives other moments. */
const crashes = Number(process.env['BIOMAJ_TEST_CRASHES'] ?? 6)
const seed = Number(process.env['BIOMAJ_TEST_SEED'] ?? 20_261_121)
const dayMs = 86_400_000
const firstDay = Date.UTC(2015, 0, 1, 12)

describe('a cluster that is killed at any moment', () => {
  const random = randomNumbers(seed)
  const releases = new Map<string, Map<string, Files>>()
  const banks = ['folder', 'packed']
  let cluster: EmbeddedCluster
  let upstream: HttpUpstream
  let day = 0
  let roundMs = 0

  beforeAll(async () => {
    upstream = await startHttpUpstream()
    cluster = await startEmbeddedCluster({as: 'process'})
    for (const definition of crashBanks(upstream)) await cluster.addBank(definition, 'jane')
    // A whole round, to know how long one takes.
    await nextRelease()
    const started = performance.now()
    await ask()
    await cluster.settle()
    roundMs = performance.now() - started
  })
  afterAll(async () => {
    await cluster.stop()
    await upstream.stop()
  })

  const nextRelease = async (): Promise<void> => {
    day += 1
    const date = new Date(firstDay + day * dayMs)
    for (const [bank, files] of Object.entries(await putRelease(upstream, date))) {
      releases.set(bank, (releases.get(bank) ?? new Map<string, Files>()).set(releaseOf(date), files))
    }
  }

  /** Ids of the jobs that were accepted; a request that the kill cut off was not. */
  const ask = async (): Promise<string[]> => {
    const {apiKey} = cluster.user('jane')
    const accepted: string[] = []
    for (const bank of banks) {
      const request = {method: 'POST', path: `/api/daemon/bank/${bank}`, apiKey, body: {}}
      const answer = await cluster.request(request).catch(() => undefined)
      if (answer === undefined) break
      if (answer.status !== 200) throw new Error(`${bank} was refused: ${answer.status} ${answer.text}`)
      const {job} = JSON.parse(answer.text) as {job?: string}
      if (job === undefined) throw new Error(`No job is named: ${answer.text}`)
      accepted.push(job)
    }
    return accepted
  }

  it(`loses nothing in ${crashes} kills (seed ${seed})`, {timeout: 60_000 + crashes * 15_000}, async () => {
    const steps: Record<string, number> = {}
    for (let crash = 0; crash < crashes; crash += 1) {
      await nextRelease()
      const afterMs = random() * roundMs
      const asked = ask()
      await pause(afterMs)
      await cluster.kill()
      const accepted = await asked
      const moment = `kill ${crash + 1}, ${afterMs.toFixed(1)} ms after the requests`
      for (const step of await lastSteps(cluster.root, accepted.length)) steps[step] = (steps[step] ?? 0) + 1
      expect({moment, problems: await problemsOnDisk(cluster.root, releases)}).toEqual({moment, problems: []})

      await cluster.start()
      await cluster.settle()
      // What was not accepted is asked for again, as a user would.
      if (accepted.length < banks.length) {
        await ask()
        await cluster.settle()
      }
      expect({moment, problems: await problemsAtRest(cluster, {accepted, releases})}).toEqual({moment, problems: []})
    }
    if (crashes > 20)
      process.stderr.write(`killed in: ${JSON.stringify(steps)}; a round takes ${roundMs.toFixed(0)} ms\n`)
    expect(Object.keys(steps).length).toBeGreaterThan(0)
  })
})

/** The step in which the last run of each bank stood, by its log. */
async function lastSteps(root: string, accepted: number): Promise<string[]> {
  const steps: string[] = []
  for (const bank of ['folder', 'packed']) {
    const folder = path.join(root, 'log', bank)
    const runs = (await readdir(folder).catch(() => [])).toSorted((a, b) => Number(a) - Number(b))
    const log = await readFile(path.join(folder, runs.at(-1) ?? '', `${bank}.log`), 'utf8').catch(() => '')
    const last = [...log.matchAll(/Workflow:(?:Start:|wf_)(\w+)/g)].at(-1)?.[1] ?? 'queue'
    steps.push(accepted === 0 ? 'request' : last)
  }
  return steps
}
