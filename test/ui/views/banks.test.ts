import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {type ShownDashboard, showDashboard} from '../../support/dashboard/index.js'
import {aBank, aRelease, type ScriptedCluster, startScriptedCluster} from '../../support/scripted-cluster/index.js'

let cluster: ScriptedCluster
let dashboard: ShownDashboard

beforeEach(async () => {
  cluster = await startScriptedCluster({
    banks: [aBank('alu', {releases: [aRelease('2026-01')], current: 1_767_322_800}), aBank('swissprot')],
  })
  dashboard = showDashboard({url: cluster.url})
})

afterEach(async () => {
  await dashboard.stop()
  await cluster.stop()
})

describe('banks', () => {
  it('opens the selected bank', async () => {
    await dashboard.shows('Overview')
    dashboard.press('b')
    await dashboard.shows('swissprot')
    dashboard.press('j', 'enter')
    expect(await dashboard.shows('it never ran')).toContain('Overview › Banks › swissprot')
  })
})
