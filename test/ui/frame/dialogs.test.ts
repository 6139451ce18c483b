import {afterEach, describe, expect, it} from 'vitest'
import {BiomajClient} from '../../../src/api/client.js'
import {BiomajError} from '../../../src/shared/errors.js'
import {Secret} from '../../../src/shared/secret.js'
import {commandIds, specOf} from '../../../src/ui/keys/actions.js'
import type {ClusterChoice} from '../../../src/ui/host.js'
import {type DashboardOptions, type ShownDashboard, showDashboard} from '../../support/dashboard/index.js'
import {aBank, aRelease, type ScriptedCluster, startScriptedCluster} from '../../support/scripted-cluster/index.js'

const clusters: ScriptedCluster[] = []
let dashboard: ShownDashboard

afterEach(async () => {
  await dashboard.stop()
  for (const cluster of clusters.splice(0)) await cluster.stop()
})

const session = 1_767_322_800

async function startCluster(bank: string): Promise<ScriptedCluster> {
  const release = aRelease('2026-01', {session, freeze: true})
  const cluster = await startScriptedCluster({
    banks: [aBank(bank, {releases: [release], current: session, pending: [{release: '2026-02', id: session + 1}]})],
  })
  clusters.push(cluster)
  return cluster
}

async function open(options: Partial<DashboardOptions> = {}): Promise<ScriptedCluster> {
  const cluster = await startCluster('alu')
  dashboard = showDashboard({url: cluster.url, ...options})
  dashboard.press('2')
  await dashboard.shows('› alu')
  return cluster
}

/** The footer follows a moment after what it is about. */
function withoutFooter(): string {
  return dashboard.rows().slice(0, -1).join('\n')
}

function widestRow(): number {
  return Math.max(...dashboard.rows().map(row => row.trimEnd().length))
}

const sizes = [
  {columns: 120, rows: 40},
  {columns: 80, rows: 24},
  {columns: 40, rows: 10},
]

describe.each(sizes)('at $columns x $rows', size => {
  it('the help has the keys of the view, further ones by scrolling', async () => {
    await open(size)
    dashboard.press('?')
    await dashboard.shows('Keys of Banks')
    await dashboard.shows('Esc close')
    expect(withoutFooter()).toMatchSnapshot()
    dashboard.press('end')
    await dashboard.shows(/q Ctrl-C +quit/)
    dashboard.press('?')
    await dashboard.shows('› alu')
  })

  it('the palette finds what is typed', async () => {
    await open(size)
    dashboard.press(':')
    await dashboard.shows('Find')
    await dashboard.shows('Esc close')
    expect(withoutFooter()).toMatchSnapshot()
    dashboard.press('hist')
    await dashboard.shows('› history')
    dashboard.press('enter')
    await dashboard.shows('› History')
  })

  it.each(commandIds.filter(id => id !== 'cancel'))('%s asks for what it needs', async id => {
    await open(size)
    // One that is frozen cannot be frozen or removed: these are about another one.
    clusters[0]?.bank('alu').releases.push(aRelease('2025-12', {session: session - 1}))
    dashboard.press(specOf(id).keys[0] ?? '')
    const title = id === 'maintenance' ? 'Maintenance' : `${specOf(id).label.slice(1)}: alu`
    await dashboard.shows(title)
    await dashboard.shows('Esc close')
    await dashboard.showsNoLonger('… reading')
    expect(withoutFooter()).toMatchSnapshot()
    expect(widestRow()).toBeLessThanOrEqual(size.columns)
    if (specOf(id).danger !== 'severe') return
    dashboard.press('up')
    await dashboard.shows(/› type (alu|maintenance)/)
    expect(dashboard.screen()).toMatch(/! (Type|Choose)/)
  })

  it('other clusters are listed', async () => {
    const names = ['prod', 'test', 'a-cluster-with-a-rather-long-name-of-its-own']
    await open({...size, host: {contexts: {names: () => names, open: refuse}}})
    dashboard.press('\u000B')
    await dashboard.shows('Other cluster')
    await dashboard.shows('Esc close')
    expect(withoutFooter()).toMatchSnapshot()
  })

  it('a long reason is told in three rows at most', async () => {
    await open({...size, host: {contexts: {names: () => ['prod'], open: refuse}}})
    dashboard.press('\u000B')
    await dashboard.shows('› prod')
    dashboard.press('enter')
    await dashboard.shows('✗')
    expect(withoutFooter()).toMatchSnapshot()
  })
})

function refuse(): ClusterChoice {
  throw new BiomajError({
    code: 'insecure_http',
    message: 'http://biomaj.example.org is not encrypted, and the key would travel in the clear',
    hint: 'Use https, or say --allow-http when you log in to it; then everybody on the way can read the key',
  })
}

describe('another cluster', () => {
  it('is shown without a restart, with nothing left of the one before', async () => {
    const other = await startCluster('swissprot')
    const choice: ClusterChoice = {
      name: 'prod',
      url: other.url,
      user: 'ada',
      readOnly: true,
      connect: async () =>
        Promise.resolve(new BiomajClient({url: new URL(other.url), apiKey: new Secret('JANEKEY001'), readOnly: true})),
    }
    const first = await open({host: {contexts: {names: () => ['prod'], open: () => choice}}})
    dashboard.press('\u000B')
    await dashboard.shows('› prod')
    dashboard.press('enter')
    await dashboard.shows(/BioMAJ  prod .*READ-ONLY/)
    dashboard.press('2')
    expect(await dashboard.shows('swissprot')).not.toContain('alu')
    dashboard.press('u')
    await dashboard.shows('! Read-only')
    const asked = first.requests.length
    await dashboard.clock.advance(60_000)
    await dashboard.shows('swissprot')
    expect(first.requests).toHaveLength(asked)
  })

  it('is refused with the reason where there is none', async () => {
    await open()
    dashboard.press('\u000B')
    expect(await dashboard.shows('! No other context is known')).not.toContain('Other cluster ─')
  })
})

describe('what is found', () => {
  it('is a bank by its name', async () => {
    await open()
    dashboard.press('1', ':', 'al')
    await dashboard.shows('› alu')
    dashboard.press('enter')
    expect(await dashboard.shows('Overview › alu')).not.toContain('Find ─')
  })

  it('says why it cannot be done now', async () => {
    await open()
    dashboard.press(':', 'cancel')
    expect(await dashboard.shows('› cancel the update')).toContain('No update of alu runs or waits')
    dashboard.press('enter')
    await dashboard.shows('! No update of alu runs or waits')
  })

  it('opens the dialog of a command', async () => {
    await open()
    dashboard.press(':', 'thaw', 'enter')
    expect(await dashboard.shows('Unfreeze: alu')).not.toContain('Find ─')
  })
})

describe('a paste', () => {
  it('does nothing where nobody types', async () => {
    await open()
    dashboard.press('\u001B[200~uq\u001B[201~', '?')
    expect(await dashboard.shows('Keys of Banks')).not.toContain('Update')
  })

  it('is text where somebody does', async () => {
    await open()
    dashboard.press(':', '\u001B[200~publi\nq\u001B[201~')
    expect(await dashboard.shows(': publi▏')).toContain('› publish')
  })
})

describe('what is copied', () => {
  it('is the name that is selected', async () => {
    await open()
    dashboard.press('y')
    await dashboard.shows('✓ Copied: alu')
    expect(dashboard.clipboard).toBe('alu')
  })

  it('is the release that is selected, then where it is', async () => {
    await open()
    dashboard.press('enter')
    await dashboard.shows('› 2026-01')
    dashboard.press('y')
    await dashboard.shows('✓ Copied: 2026-01')
    expect(dashboard.clipboard).toBe('2026-01')
    dashboard.press('y')
    await dashboard.shows('✓ Copied: /var')
    expect(dashboard.clipboard).toBe('/var/lib/biomaj/data/db/alu/alu_2026-01')
  })

  it('is the last line of the log that is on screen', async () => {
    const cluster = await open()
    cluster.state.queue.push({action: 'update', bank: 'alu', user: 'jane', release: null, options: {}, requestedAt: 0})
    cluster.finish()
    dashboard.press('L')
    await dashboard.shows('Biomaj:Daemon:alu:over')
    dashboard.press('y')
    await dashboard.shows('✓ Copied: ')
    expect(dashboard.clipboard).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d Biomaj:Daemon:alu:over$/)
  })

  it('is the command that shows the same', async () => {
    const {url} = await open()
    dashboard.press('Y')
    await dashboard.shows('✓ Copied: biomaj status --bank alu')
    expect(dashboard.clipboard).toMatch(/^biomaj status --bank alu --(context|proxy) /)
    expect(url).toContain('127.0.0.1')
  })

  it('is the command that does the same, with the options that were chosen', async () => {
    await open()
    dashboard.press('u')
    await dashboard.shows('Update: alu')
    dashboard.press('space', 'Y')
    await dashboard.shows('✓ Copied: biomaj update')
    expect(dashboard.clipboard).toMatch(/^biomaj update --bank alu --publish --context test$/)
    dashboard.press('enter')
    await dashboard.shows('update requested')
  })
})
