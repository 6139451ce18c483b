import {existsSync} from 'node:fs'
import {describe, expect, it} from 'vitest'
import {startEmbeddedCluster} from '../../support/embedded-cluster/index.js'
import {processesNaming} from '../../support/embedded-cluster/processes.js'
import {isAlive} from '../workers/support/processes.js'

/** BIOMAJ_TEST_STARTS=100 makes as many; eight at a time. */
const starts = Number(process.env['BIOMAJ_TEST_STARTS'] ?? 16)
const atATime = 8

interface Start {
  url: string
  root: string
  pid: number
}

/** Starts a cluster, asks it for something, and stops it. */
async function oneStart(): Promise<Start> {
  const cluster = await startEmbeddedCluster({as: 'process'})
  const {url, root, pid} = cluster
  try {
    const {status} = await cluster.request({path: '/api/daemon/bank'})
    if (status !== 200) throw new Error(`${url} answered ${status}`)
  } finally {
    await cluster.stop()
  }
  return {url, root, pid}
}

async function isServed(url: string): Promise<boolean> {
  try {
    await fetch(url)
    return true
  } catch {
    // Refused: nobody has the port.
    return false
  }
}

describe('many starts', () => {
  it(`starts and stops ${starts} clusters, ${atATime} at a time, and leaves nothing behind`, {
    timeout: 600_000,
  }, async () => {
    const done: Start[] = []
    let left = starts
    await Promise.all(
      Array.from({length: atATime}, async () => {
        while (left > 0) {
          left -= 1
          done.push(await oneStart())
        }
      }),
    )
    expect(done).toHaveLength(starts)
    expect(new Set(done.map(({url}) => url)).size).toBeGreaterThan(1)
    expect(done.filter(({root}) => existsSync(root))).toEqual([])
    expect(done.flatMap(({root}) => processesNaming(root))).toEqual([])
    expect(done.filter(({pid}) => isAlive(pid))).toEqual([])
    const served = await Promise.all(done.map(async ({url}) => await isServed(url)))
    expect(served).not.toContain(true)
  })
})
