import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterAll, beforeAll, expect, it, vi} from 'vitest'
import Banks from '../../src/commands/banks.js'
import Queue from '../../src/commands/queue.js'
import Status from '../../src/commands/status.js'
import {runAgainst} from '../commands/against.js'
import {bank, fails, succeeds, waitsForGate} from '../support/real-cluster/banks.js'
import {describeClusters} from '../support/targets/describe.js'
import type {TargetCluster} from '../support/targets/target.js'

describeClusters('status, banks and queue', ({kind, start}) => {
  let cluster: TargetCluster
  let upstream: string

  const json = async (Class: Parameters<typeof runAgainst>[1], ...argv: string[]) =>
    JSON.parse((await runAgainst(cluster, Class, [...argv, '--json'])).stdout)

  beforeAll(async () => {
    upstream = await mkdtemp(path.join(tmpdir(), 'biomaj-upstream-'))
    await writeFile(path.join(upstream, 'a.n'), '>a\nACGT\n')
    cluster = await start()
    const source = {protocol: 'local' as const, directory: upstream}
    await cluster.addBank(bank('broken', {source, processes: [succeeds('first'), fails('blast')]}), 'jane')
    await cluster.addBank(bank('slow', {source, processes: [waitsForGate('gate')]}), 'jane')
    await cluster.addBank(bank('next', {source}), 'jane')
    for (const name of ['broken', 'slow', 'next']) {
      await cluster.request({method: 'POST', path: `/api/daemon/bank/${name}`, apiKey: 'JANEKEY001', body: {}})
    }
    await vi.waitFor(
      async () => {
        const {daemons} = await json(Status)
        const [{bank: at, step} = {}] = daemons.value
        if (at !== 'slow' || step !== 'postprocess') throw new Error(`not yet: ${JSON.stringify(daemons)}`)
      },
      {timeout: 30_000},
    )
    await mkdir(cluster.paths.lock, {recursive: true})
    await writeFile(path.join(cluster.paths.lock, 'next.lock'), '')
  })

  afterAll(async () => {
    await cluster.stop()
    await rm(upstream, {recursive: true, force: true})
  })

  it('tells what runs and at which step, what waits, what failed and what is locked for nothing', async () => {
    const {daemons, queue, banks, locks, key} = await json(Status)
    expect(daemons.value).toMatchObject([{bank: 'slow', action: 'update', step: 'postprocess'}])
    expect(queue.value).toEqual({depth: 1, waiting: ['next']})
    expect(banks.value).toMatchObject([
      {name: 'broken', failed: true, work: null},
      {name: 'next', failed: false, work: 'waiting'},
      {name: 'slow', failed: false, work: 'update'},
    ])
    expect(locks.value).toMatchObject({
      locks: [
        // A lock of the embedded cluster belongs to a job: a file that nobody holds is none.
        ...(kind === 'biomaj' ? [{bank: 'next', state: 'stale'}] : []),
        {bank: 'slow', state: 'working'},
      ],
      runningWithoutLock: [],
    })
    expect(key.value).toBe('valid')
  })

  it('tells where the last run failed', async () => {
    const {failed} = await json(Status, '--failed')
    expect(failed).toMatchObject([{name: 'broken', failedStep: 'postprocess', failedProcesses: ['AFTER_blast']}])
    const {banks} = await json(Status, 'broken')
    expect(banks[0].run.value.steps.find(({step}: {step: string}) => step === 'postprocess').processes).toEqual([
      {name: 'AFTER_first', state: 'done'},
      {name: 'AFTER_blast', state: 'failed'},
    ])
    expect(banks[0].lastUpdateEnded.value).toMatchObject({bank: 'broken', error: true})
  })

  it('exits 5 for an unknown bank and 4 for a wrong key', async () => {
    expect((await runAgainst(cluster, Status, ['nope'])).exitCode).toBe(5)
    expect((await runAgainst(cluster, Banks, [], {env: {BIOMAJ_APIKEY: 'WRONGKEY01'}})).exitCode).toBe(4)
  })

  it('lists the queue', async () => {
    expect((await json(Queue)).waiting).toMatchObject([{position: 1, bank: 'next'}])
  })
})
