import {readFileSync} from 'node:fs'
import {access, readFile} from 'node:fs/promises'
import {afterAll, beforeAll, expect, it, vi} from 'vitest'
import {bank, succeeds, waitsForGate} from '../support/real-cluster/banks.ts'
import {describeRealCluster} from '../support/real-cluster/describe.ts'
import {startRealCluster} from '../support/real-cluster/index.ts'
import type {RealCluster} from '../support/real-cluster/index.ts'
import {
  ftpUpstreamAvailable,
  startFtpUpstream,
  startHttpUpstream,
  startLocalUpstream,
} from '../support/upstream/index.ts'

const fasta = readFileSync(new URL('../fixtures/fasta/alu.n', import.meta.url), 'utf8')

describeRealCluster('the real cluster', () => {
  let cluster: RealCluster
  let upstream: Awaited<ReturnType<typeof startLocalUpstream>>

  beforeAll(async () => {
    upstream = await startLocalUpstream()
    await upstream.put('/alu/alu.n', fasta, new Date('2026-11-20T10:00:00Z'))
    cluster = await startRealCluster()
    await cluster.addBank(bank('alu', {source: upstream.source('/alu'), processes: [succeeds()]}), 'jane')
  })

  afterAll(async () => {
    await upstream.stop()
    await cluster.stop()
  })

  const history = async () =>
    (JSON.parse((await cluster.request({path: '/api/daemon/history'})).text) as {history: string[][]}).history

  const update = async (name: string) =>
    await cluster.request({
      method: 'POST',
      path: `/api/daemon/bank/${name}`,
      apiKey: cluster.user('jane').apiKey,
      body: {},
    })

  it('answers on the public address, and only below /api/daemon', async () => {
    expect(await cluster.request({path: '/api/daemon'})).toMatchObject({status: 200, text: '{"msg":"pong"}\n'})
    expect(await cluster.request({path: '/api/user'})).toMatchObject({status: 404, text: '404 page not found\n'})
  })

  it('updates a bank with the files and the process of its properties', async () => {
    expect(await update('alu')).toMatchObject({status: 200, text: '{"msg":"Bank update request sent for alu\\n"}\n'})
    await expect
      .poll(history, {timeout: 10_000})
      .toEqual([['alu', 'update', expect.any(String), expect.any(String), 'True', 'False']])
    expect(await readFile(`${cluster.paths.db}/alu/alu_2026-11-20/flat/alu.n`, 'utf8')).toBe(fasta)
  })

  it('keeps banks, users and history over a restart, on the same address', async () => {
    const before = await history()
    await cluster.halt()
    await expect(cluster.request({path: '/api/daemon'})).rejects.toThrow('fetch failed')
    await cluster.start()
    expect(await history()).toEqual(before)
    const owns = await cluster.request({path: '/api/daemon/bank/alu/owns', apiKey: cluster.user('jane').apiKey})
    expect(owns.text).toBe('{"is_admin_or_owner":true}\n')
  })

  it.for([
    {protocol: 'http', start: startHttpUpstream, available: true},
    {protocol: 'ftp', start: startFtpUpstream, available: ftpUpstreamAvailable()},
  ])('downloads over $protocol, and fails where the server does', async ({protocol, start, available}, {skip}) => {
    skip(!available, 'python3-pyftpdlib is missing')
    const server = await start()
    try {
      await server.put('/files/alu.n', fasta, new Date('2026-11-20T10:00:00Z'))
      await cluster.addBank(bank(protocol, {source: server.source('/files')}), 'jane')
      for (const [failure, error] of [
        ['refused', 'True'],
        ['missing', 'True'],
        ['truncated', 'True'],
        [undefined, 'False'],
      ] as const) {
        await (failure === undefined ? server.heal('/files/alu.n') : server.fail('/files/alu.n', failure))
        const rows = (await history()).length
        await update(protocol)
        await expect.poll(async () => (await history()).length, {timeout: 10_000}).toBe(rows + 1)
        expect([failure, (await history())[0]?.at(-1)]).toEqual([failure, error])
      }
      expect(await readFile(`${cluster.paths.db}/${protocol}/${protocol}_2026-11-20/flat/alu.n`, 'utf8')).toBe(fasta)
    } finally {
      await server.stop()
    }
  })

  it('holds a bank at a process until its gate opens', async () => {
    await cluster.addBank(bank('slow', {source: upstream.source('/alu'), processes: [waitsForGate('go')]}), 'jane')
    await update('slow')
    const running = async () => (await cluster.request({path: '/api/daemon/whatsup'})).text
    await expect.poll(running, {timeout: 10_000}).toContain('"slow","update"')
    await cluster.openGate('go')
    await expect.poll(running, {timeout: 10_000}).not.toContain('"slow","update"')
  })

  it('leaves a paused daemon its queue', async () => {
    await cluster.control.daemon('paused')
    await update('alu')
    const rows = JSON.parse((await cluster.request({path: '/api/daemon/whatsup'})).text) as {services: string[][]}
    expect(rows.services.slice(0, 2)).toEqual([
      ['queue', '1', 'waiting'],
      ['queued', 'alu', 'waiting'],
    ])
    await cluster.control.daemon('running')
    await expect
      .poll(async () => (await history())[0], {timeout: 10_000})
      .toEqual(['alu', 'update', expect.any(String), expect.any(String), 'False', 'False'])
  })

  it('shows services as partly up and missing, and 500 without the user service', async () => {
    await cluster.control.consul('biomaj-daemon', [{healthy: true}, {healthy: false}])
    await cluster.control.consul('biomaj-cron', [])
    const status = await cluster.request({path: '/api/daemon/status'})
    expect((JSON.parse(status.text) as {status: unknown[]}).status).toEqual(
      expect.arrayContaining([
        {service: 'biomaj-daemon', count: 2, status: 0},
        {service: 'biomaj-cron', count: 0, status: -1},
      ]),
    )
    await cluster.control.userService('down')
    expect((await cluster.request({path: '/api/daemon/status'})).status).toBe(500)
    await cluster.control.userService('up')
    expect((await cluster.request({path: '/api/daemon/status'})).status).toBe(200)
  })

  it('leaves no process and no folder behind', async () => {
    const other = await startRealCluster({daemons: 2})
    const processIds = Object.values(other.processes)
    expect(Object.keys(other.processes)).toEqual(['launcher', 'redis', 'user', 'web', 'daemon1', 'daemon2'])
    await other.stop()
    await vi.waitFor(() => {
      expect(processIds.filter(isAlive)).toEqual([])
    })
    await expect(access(other.root)).rejects.toThrow('ENOENT')
  })

  it('takes its processes along when it is killed', async () => {
    const other = await startRealCluster()
    const processIds = Object.values(other.processes)
    const launcher = other.processes['launcher']
    if (launcher === undefined) throw new Error('no launcher')
    process.kill(launcher, 'SIGKILL')
    await vi.waitFor(() => {
      expect(processIds.filter(isAlive)).toEqual([])
    }, 5000)
    await other.stop()
  })
})

function isAlive(processId: number): boolean {
  try {
    // A zombie is dead, but still answers signal 0 until it is reaped.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${processId}/status`, 'utf8'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw error
  }
}
