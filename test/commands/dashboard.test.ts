/** The dashboard where it is no screen: once as text and as a document, and as sentences. */
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import Dashboard from '../../src/commands/dashboard.js'
import {aBank, aRelease, type ScriptedCluster, startScriptedCluster} from '../support/scripted-cluster/index.js'
import {runAgainst} from './against.js'

const session = Date.UTC(2026, 0, 15, 11) / 1000
let cluster: ScriptedCluster

beforeEach(async () => {
  cluster = await startScriptedCluster({
    banks: [
      aBank('pfam', {releases: [aRelease('37.0', {session})], current: session}),
      aBank('alu', {outcomes: [{kind: 'fails', step: 'download'}]}),
      aBank('silva'),
    ],
    queue: [
      {action: 'update', bank: 'alu', user: 'jane', release: null, options: {}, requestedAt: session},
      {action: 'update', bank: 'silva', user: 'jane', release: null, options: {}, requestedAt: session},
    ],
    now: () => session * 1000,
    services: [
      {service: 'biomaj-redis', count: 1, status: 1},
      {service: 'biomaj-daemon', count: 2, status: 0},
    ],
  })
  // alu fails; silva works.
  while (cluster.state.queue.some(({bank}) => bank === 'silva')) cluster.advance()
  cluster.advance(3)
})

afterEach(async () => {
  await cluster.stop()
})

const withoutTime = (text: string) => text.replace(/\d{4}-\d\d-\d\dT[\d:]+Z/, 'TIME')

describe('once', () => {
  it('is the board as text in a pipe, whole and without colours', async () => {
    const {exitCode, stdout, stderr} = await runAgainst(cluster, Dashboard, [])
    expect([exitCode, stderr]).toEqual([0, ''])
    expect(withoutTime(stdout)).toMatchInlineSnapshot(`
      "BioMAJ  http://cluster/  key from BIOMAJ_APIKEY  TIME

      Attention
        ! daemon is partly up
        ✗ alu failed  2026-01-15 11:00:00

      Running
        ▶ silva  update, at preprocess  on biomaj_daemon_message1

      Queue
        ✓ empty

      Services
        ✓ up          redis
        ! 1 of 2 up   daemon

      Banks
        3 banks  ✗ 1 failed  ✓ 1 ok  ▶ 1 updating
      "
    `)
  })

  it('fits a terminal, and is in colour there', async () => {
    const {exitCode, stdout} = await runAgainst(cluster, Dashboard, ['--once'], {tty: true})
    expect(exitCode).toBe(0)
    expect(stdout).toContain('\u001B[31m✗ \u001B[39malu failed')
    expect(stdout).not.toContain('\u001B[?1049h')
  })

  it('is implied by a terminal that cannot move its cursor', async () => {
    const {exitCode, stdout} = await runAgainst(cluster, Dashboard, [], {tty: true, env: {TERM: 'dumb'}})
    expect([exitCode, stdout.includes('Attention'), stdout.includes('\u001B')]).toEqual([0, true, false])
  })

  it('is one document with --json, also at a terminal', async () => {
    const {exitCode, stdout} = await runAgainst(cluster, Dashboard, ['--json'], {tty: true})
    const document = JSON.parse(stdout) as Record<string, unknown>
    expect(exitCode).toBe(0)
    expect(document).toMatchObject({
      cluster: 'http://cluster/',
      context: null,
      readOnly: false,
      attention: [
        {severity: 'warning', text: 'daemon is partly up'},
        {severity: 'error', text: expect.stringContaining('alu failed') as string},
      ],
      queue: {available: true, value: {depth: 0, waiting: []}},
    })
    expect(document['at']).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
  })

  it('fails as status does when nothing can be read', async () => {
    const {url} = cluster
    await cluster.stop()
    const {exitCode, stdout} = await runAgainst({url}, Dashboard, ['--once', '--json'])
    expect([exitCode, (JSON.parse(stdout) as {error: {code: string}}).error.code]).toEqual([7, 'unreachable'])
  })

  it('names the banks with --quiet', async () => {
    expect((await runAgainst(cluster, Dashboard, ['--once', '--quiet'])).stdout).toBe('alu\npfam\nsilva\n')
  })
})
