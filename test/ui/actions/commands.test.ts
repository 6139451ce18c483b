import {afterEach, describe, expect, it} from 'vitest'
import {BiomajClient} from '../../../src/api/client.js'
import {type DashboardOptions, type ShownDashboard, showDashboard} from '../../support/dashboard/index.js'
import {aBank, aRelease, type ScriptedCluster, startScriptedCluster} from '../../support/scripted-cluster/index.js'
import {until} from '../../support/until.js'

let cluster: ScriptedCluster
let dashboard: ShownDashboard

afterEach(async () => {
  await dashboard.stop()
  await cluster.stop()
})

const session = {old: 1_767_000_000, new: 1_767_322_800}

/** `alu` with an old release and a newer one that is published. */
async function open(options: Partial<DashboardOptions> = {}): Promise<void> {
  cluster = await startScriptedCluster({
    banks: [
      aBank('alu', {
        releases: [aRelease('1', {session: session.old}), aRelease('2', {session: session.new})],
        current: session.new,
        pending: [{release: '3', id: 1_767_400_000}],
      }),
    ],
  })
  dashboard = showDashboard({url: cluster.url, ...options})
}

/** On the screen of the bank, with its releases read. */
async function openBank(options: Partial<DashboardOptions> = {}): Promise<void> {
  await open(options)
  dashboard.press('2')
  await dashboard.shows('alu')
  dashboard.press('enter')
  await dashboard.shows(/› alu[\s\S]*2/)
}

/** In the list of banks. */
async function openBanks(options: Partial<DashboardOptions> = {}): Promise<void> {
  await open(options)
  dashboard.press('2')
  await dashboard.shows('› alu')
}

function writes(): string[] {
  return cluster.requests
    .filter(
      ({method, body}) => method !== 'GET' && !/"(status|history|show|stats|statusko|whatsup|check)":true/.test(body),
    )
    .map(({method, path, body}) => `${method} ${path} ${body}`)
}

describe('a command about a bank', () => {
  it('updates with the options that were chosen', async () => {
    await openBanks()
    dashboard.press('u')
    await dashboard.shows('Update: alu')
    // publish: yes; down to `stop after`, one back from the first: the last step.
    dashboard.press('space', 'up', 'left', 'left')
    await dashboard.shows(/stop after +‹ publish ›/)
    dashboard.press('enter')
    await dashboard.shows('✓ alu: update requested')
    expect(cluster.state.queue).toMatchObject([
      {action: 'update', bank: 'alu', options: {publish: true, stop_after: 'publish'}},
    ])
  })

  it('refuses options that make no sense together before anything is sent', async () => {
    await openBanks()
    dashboard.press('u')
    await dashboard.shows('Update: alu')
    // from scratch: yes; from task: init.
    dashboard.press('down', 'space', 'down', 'down', 'right')
    await dashboard.shows('choose one')
    dashboard.press('enter')
    await dashboard.shows(/(choose one[\s\S]*){2}/)
    expect(writes()).toEqual([])
  })

  it('cancels the update that waits, once the name was typed', async () => {
    await openBanks()
    dashboard.press('u')
    await dashboard.shows('Update: alu')
    dashboard.press('enter')
    await dashboard.shows('… waiting')
    dashboard.press('c')
    await dashboard.shows('Type alu to confirm')
    dashboard.press('al', 'enter')
    await dashboard.shows('! Type alu to confirm')
    expect(cluster.state.cancelRequests.size).toBe(0)
    dashboard.press('u', 'enter')
    await dashboard.shows('cancel requested')
    expect([...cluster.state.cancelRequests]).toEqual(['alu'])
  })

  it('publishes the newest release, or the one that was chosen', async () => {
    await openBanks()
    dashboard.press('P')
    await dashboard.shows('the newest, 2')
    dashboard.press('left')
    await dashboard.shows('‹ 1 ›')
    dashboard.press('enter')
    await dashboard.shows('✓ alu 1: published')
    expect(cluster.bank('alu').current).toBe(session.old)
  })

  it('unpublishes', async () => {
    await openBanks()
    dashboard.press('U')
    await dashboard.shows('Type alu to confirm')
    dashboard.press('alu', 'enter')
    await dashboard.shows('alu 2: no longer published')
    expect(cluster.bank('alu').current).toBeNull()
  })

  it('freezes and unfreezes', async () => {
    await openBanks()
    dashboard.press('F')
    await dashboard.shows('which one?')
    dashboard.press('enter')
    await dashboard.shows('! Choose a release')
    dashboard.press('right')
    await dashboard.shows('‹ 2 ›')
    dashboard.press('enter')
    await dashboard.shows('✓ alu 2: frozen')
    expect(cluster.bank('alu').releases.map(({freeze}) => freeze)).toEqual([false, true])
    dashboard.press('T')
    await dashboard.shows('Unfreeze: alu')
    await dashboard.shows('‹ 2 ›')
    dashboard.press('enter')
    await dashboard.shows('✓ alu 2: no longer frozen')
    expect(cluster.bank('alu').releases.map(({freeze}) => freeze)).toEqual([false, false])
  })

  it('removes one release', async () => {
    await openBanks()
    dashboard.press('X')
    await dashboard.shows('which one?')
    // The published one is not among them.
    dashboard.press('right')
    await dashboard.shows('‹ 1 ›')
    dashboard.press('down', 'alu', 'enter')
    await dashboard.shows('alu 1: removal waits in the queue')
    cluster.finish()
    expect(cluster.bank('alu').releases.map(({release}) => release)).toEqual(['2'])
  })

  it('removes a whole bank', async () => {
    await openBanks()
    dashboard.press('X')
    await dashboard.shows('which one?')
    dashboard.press('left')
    await dashboard.shows('‹ all of alu ›')
    dashboard.press('up', 'alu', 'enter')
    await dashboard.shows('removal of the whole bank waits in the queue')
    cluster.finish()
    expect(cluster.bank('alu').releases).toEqual([])
  })

  it('removes what is pending', async () => {
    await openBanks()
    dashboard.press('Z')
    await dashboard.shows('all that is pending')
    dashboard.press('down', 'alu', 'enter')
    await dashboard.shows('removal of what is pending waits')
    cluster.finish()
    expect(cluster.bank('alu').pending).toEqual([])
  })

  it('repairs', async () => {
    await openBanks()
    dashboard.press('R')
    await dashboard.shows('Repair: alu')
    dashboard.press('enter')
    await dashboard.shows('alu: repair waits in the queue')
    expect(cluster.state.queue).toMatchObject([{action: 'repair', bank: 'alu'}])
  })

  it('checks', async () => {
    await openBanks()
    cluster.bank('alu').validConfig = false
    dashboard.press('C')
    await dashboard.shows('Check: alu')
    dashboard.press('enter')
    expect(await dashboard.shows('✗ alu: its properties')).toContain('are not valid')
  })

  it('is about the release that is selected', async () => {
    await openBank()
    await dashboard.shows('published')
    dashboard.press('P')
    await dashboard.shows('Publish: alu')
    expect(await dashboard.shows(/release +‹ \d ›/)).not.toContain('the newest')
  })
})

describe('a command about the cluster', () => {
  it('turns maintenance on for an administrator', async () => {
    await openBanks({apiKey: 'ADMINKEY01'})
    dashboard.press('M')
    await dashboard.shows(/maintenance +‹ on ›/)
    dashboard.press('down', 'maintenance', 'enter')
    await until('maintenance is on', () => cluster.state.locks.has('biomaj'))
    expect(await dashboard.shows('✓ Maintenance set')).toContain('to On')
  })

  it('says who may do it to somebody who may not', async () => {
    await openBanks()
    dashboard.press('M')
    await dashboard.shows('Type maintenance to confirm')
    dashboard.press('down', 'maintenance', 'enter')
    await dashboard.shows('Only administrators')
    expect(cluster.state.locks.has('biomaj')).toBe(false)
  })
})

describe('what is off', () => {
  it('says why instead of asking anything', async () => {
    await openBanks()
    dashboard.press('c')
    await dashboard.shows('! No update of alu runs or waits')
    cluster.state.queue.push({action: 'update', bank: 'alu', user: 'jane', release: null, options: {}, requestedAt: 0})
    dashboard.press('r')
    await dashboard.shows('… waiting')
    dashboard.press('u')
    await dashboard.shows('! alu is at work (waiting)')
    expect(writes()).toEqual([])
  })

  it('is all that changes something, without a key', async () => {
    await open()
    const {url} = cluster
    const connect = async () => Promise.resolve(new BiomajClient({url: new URL(url)}))
    await dashboard.stop()
    dashboard = showDashboard({url, host: {cluster: {name: 'test', url, user: undefined, readOnly: false, connect}}})
    dashboard.press('2')
    await dashboard.shows('› alu')
    dashboard.press('u')
    expect(await dashboard.shows('! There is no API key')).toContain('biomaj login')
    expect(writes()).toEqual([])
  })

  it('is all that changes something, in read-only mode; a check is not', async () => {
    await openBanks({readOnly: true})
    expect(dashboard.screen()).toContain('READ-ONLY')
    for (const key of ['u', 'c', 'P', 'U', 'F', 'T', 'X', 'Z', 'R', 'M']) {
      dashboard.press(key)
      await dashboard.shows('! Read-only: nothing is changed from here')
    }
    dashboard.press('C')
    await dashboard.shows('Check: alu')
    dashboard.press('enter')
    await dashboard.shows('✓ alu: its properties are valid')
    expect(writes()).toEqual([])
  })
})

describe('what was sent', () => {
  it('tells why it failed, with a way out', async () => {
    await openBanks({apiKey: 'JOEKEY0001'})
    dashboard.press('u')
    await dashboard.shows('Update: alu')
    dashboard.press('enter')
    await dashboard.shows('✗ update alu: You are not the owner of alu')
    expect(writes()).toEqual([])
  })

  it('is sent once, ends wherever the user is by then, and is not left behind unasked', async () => {
    await openBanks()
    const gate = Promise.withResolvers<void>()
    dashboard.press('u')
    await dashboard.shows('Update: alu')
    cluster.held = gate.promise
    dashboard.press('enter')
    await dashboard.shows('… update alu')
    dashboard.press('u')
    await dashboard.shows('! On its way already: update alu')
    dashboard.press('q')
    await dashboard.shows('q again leaves without the answer')
    dashboard.press('4')
    await dashboard.shows('› History')
    gate.resolve()
    await dashboard.shows('✓ alu: update requested')
    await dashboard.showsNoLonger('… update alu')
    expect(cluster.state.queue).toHaveLength(1)
  })
})
