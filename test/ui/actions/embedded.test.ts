import {afterEach, beforeEach, expect, it} from 'vitest'
import {BiomajClient} from '../../../src/api/client.js'
import {systemClock} from '../../../src/shared/clock.js'
import {Secret} from '../../../src/shared/secret.js'
import {type ShownDashboard, showDashboard} from '../../support/dashboard/index.js'
import {type EmbeddedCluster, startEmbeddedCluster} from '../../support/embedded-cluster/index.js'
import {bank, waitsForGate} from '../../support/real-cluster/banks.js'
import {startLocalUpstream} from '../../support/upstream/index.js'

let site: EmbeddedCluster
let upstream: Awaited<ReturnType<typeof startLocalUpstream>>
let dashboard: ShownDashboard
let client: BiomajClient

beforeEach(async () => {
  upstream = await startLocalUpstream()
  site = await startEmbeddedCluster()
  await upstream.put('/alu/alu.n', '>one\nACGT\n', new Date('2026-11-20T10:00:00Z'))
  const processes = [waitsForGate('index')]
  await site.addBank(bank('alu', {source: upstream.source('/alu'), processes}), 'jane')
  const {apiKey} = site.user('jane')
  client = new BiomajClient({url: new URL(site.url), apiKey: new Secret(apiKey)})
  dashboard = showDashboard({url: site.url, apiKey, intervalMs: 200, host: {clock: systemClock}})
  dashboard.press('2')
  await dashboard.shows('› alu')
})

afterEach(async () => {
  await dashboard.stop()
  await site.stop()
  await upstream.stop()
})

it('updates a bank and publishes what it made', async () => {
  dashboard.press('u')
  await dashboard.shows('Update: alu')
  dashboard.press('enter')
  await dashboard.shows('✓ alu: update requested')
  await dashboard.shows('▶ updating')
  await site.openGate('index')
  await dashboard.shows(/› alu +✓ ok/)
  dashboard.press('enter', 'P')
  await dashboard.shows('Publish: alu')
  await dashboard.shows(/‹ the newest, 2026-11-20|‹ 2026-11-20/)
  dashboard.press('enter')
  await dashboard.shows('✓ alu 2026-11-20: published')
  expect(await dashboard.shows('● published')).toContain('2026-11-20')
  expect((await client.banks.get('alu')).publishedRelease).toBe('2026-11-20')
})

it('cancels an update that runs', async () => {
  dashboard.press('u')
  await dashboard.shows('Update: alu')
  dashboard.press('enter')
  await dashboard.shows('▶ updating')
  dashboard.press('c')
  await dashboard.shows('Type alu to confirm')
  dashboard.press('alu', 'enter')
  await dashboard.shows('alu: cancel requested')
  await site.openGate('index')
  await dashboard.shows('cancelled')
  const [last] = await client.history.list({limit: 1})
  expect(last).toMatchObject({bank: 'alu', action: 'update', error: true, cancelled: true})
})
