import {existsSync, readlinkSync} from 'node:fs'
import {describe, expect, it} from 'vitest'
import {RunCancelled} from '../../../../src/cluster/engine/engine.js'
import {Site} from './site.js'

async function releases(site: Site, days: readonly string[]): Promise<void> {
  for (const day of days) {
    site.put('alu', 'a.fa', `of ${day}`, day)
    await site.updated('alu')
  }
}

async function kept(site: Site): Promise<string[]> {
  return (await site.stored('alu')).production.map(({release}) => release)
}

const fiveDays = ['2026-01-01', '2026-01-02', '2026-01-03', '2026-01-04', '2026-01-05']
const removal = {'db.remove.process': 'RM', RM: 'rm', 'rm.name': 'rm', 'rm.exe': 'rm.sh', 'rm.args': ''}

describe('old releases', () => {
  it.each([
    ['0', ['2026-1-5']],
    ['1', ['2026-1-4', '2026-1-5']],
    ['3', ['2026-1-2', '2026-1-3', '2026-1-4', '2026-1-5']],
  ])('are removed beyond keep.old.version=%s beside the new one', async (keep, expected) => {
    const site = new Site()
    site.bank('alu', {'keep.old.version': keep})
    await releases(site, fiveDays)
    expect(await kept(site)).toEqual(expected)
    const folders = Object.keys(await site.tree('alu')).map(name => name.split('/')[0])
    expect(folders).toEqual(expected.map(release => `alu_${release}`))
    expect((await site.stored('alu')).sessions).toHaveLength(expected.length)
  })

  it('stay when they are frozen or published, and go with their remove processes', async () => {
    const site = new Site()
    site.bank('alu', {'keep.old.version': '0', ...removal})
    await site.script('rm.sh', 'echo "$removedrelease" >> "$datadir/removed"')
    await releases(site, fiveDays.slice(0, 1))
    await site.engine().freeze('alu', '2026-1-1', true)
    await releases(site, fiveDays.slice(1, 2))
    await site.engine().publish('alu', 'alu_2026-1-2')
    await releases(site, fiveDays.slice(2))

    expect(await kept(site)).toEqual(['2026-1-1', '2026-1-2', '2026-1-5'])
    expect(await site.tree('.')).toMatchObject({removed: '2026-1-3\n2026-1-4\n'})
  })

  it('stay when their remove process fails, and the update is none the worse for it', async () => {
    const site = new Site()
    site.bank('alu', {'keep.old.version': '0', ...removal})
    await site.script('rm.sh', 'exit 1')
    await releases(site, fiveDays.slice(0, 2))
    expect(await kept(site)).toEqual(['2026-1-1', '2026-1-2'])
    expect(await site.messages('alu')).toContainEqual(
      expect.stringMatching(/^Workflow:wf_delete_old:ErrorDelete:2026-1-1: RM_rm ended with exit code 1/),
    )
  })
})

describe('a removal', () => {
  it('removes a release with its files, session and cached lists', async () => {
    const site = new Site()
    site.bank('alu', removal)
    await site.script(
      'rm.sh',
      'test -d "$datadir/$dirversion/$localrelease" && echo "$localrelease" > "$datadir/removed"',
    )
    await releases(site, fiveDays.slice(0, 2))
    const [first] = (await site.stored('alu')).production

    expect(await site.remove('alu', {release: 'alu_2026-1-1'})).toMatchObject({state: 'done', release: '2026-1-1'})

    expect(await kept(site)).toEqual(['2026-1-2'])
    expect(Object.keys(await site.tree('alu'))).toEqual(['alu_2026-1-2/flat/a.fa'])
    expect(await site.tree('.')).toMatchObject({removed: 'alu_2026-1-1\n'})
    expect(existsSync(`${site.root}/cache/files_${first?.session}`)).toBe(false)
    const bank = await site.stored('alu')
    expect(bank.sessions.map(({action}) => action)).toEqual(['update', 'remove'])
    expect(bank.lastRemoveSession).toBe(bank.status?.session)
    expect(await site.steps('alu')).toEqual({init: 'over', removeprocess: 'over', remove_release: 'over', over: 'over'})
    expect(await site.store.history.list({limit: 1})).toMatchObject([{action: 'remove', updated: null, error: false}])
    expect(await site.messages('alu')).toContain('Workflow:wf_remove:delete:<root>/db/alu/alu_2026-1-1')
  })

  it('says who cancelled it, also when its process hears of that before the run does', async () => {
    const site = new Site({processes: () => ({run: async () => Promise.reject(RunCancelled.by('root'))})})
    site.bank('alu', removal)
    await releases(site, fiveDays.slice(0, 1))

    const outcome = await site.remove('alu', {release: '2026-1-1'})

    expect(outcome).toMatchObject({state: 'cancelled', reason: 'cancelled by root'})
    expect(await site.store.history.list({limit: 1})).toMatchObject([{cancelled: true, reason: 'cancelled by root'}])
    expect(await kept(site)).toEqual(['2026-1-1'])
  })

  it('refuses the published release, a frozen one and one that is not there', async () => {
    const site = new Site()
    site.bank('alu')
    await releases(site, fiveDays.slice(0, 2))
    const engine = site.engine()
    await engine.publish('alu', '2026-1-1')
    await engine.freeze('alu', '2026-1-2', true)

    expect(await site.remove('alu', {release: '2026-1-1'})).toMatchObject({
      state: 'failed',
      reason: 'Release 2026-1-1 is published: unpublish it first',
    })
    expect(await site.remove('alu', {release: '2026-1-2'})).toMatchObject({
      reason: 'Release 2026-1-2 is frozen, unfreeze it first',
    })
    expect(await site.remove('alu', {release: 'r3'})).toMatchObject({
      reason: 'No production session could be found for this release: r3',
    })
    expect(await kept(site)).toEqual(['2026-1-1', '2026-1-2'])
    expect(await site.remove('alu', {release: '2026-1-2', force: true})).toMatchObject({state: 'done'})
  })

  it('removes what never came to its end, and only that', async () => {
    const site = new Site()
    site.bank('alu')
    await releases(site, fiveDays.slice(0, 1))
    site.put('alu', 'a.fa', 'next', '2026-02-02')
    await site.updated('alu', {stopAfter: 'download'})
    expect(Object.keys(await site.tree('alu'))).toContain('alu_2026-2-2/flat/a.fa')

    expect(await site.remove('alu', {what: 'pending'})).toMatchObject({state: 'done'})

    expect(Object.keys(await site.tree('alu'))).toEqual(['alu_2026-1-1/flat/a.fa'])
    expect(await site.stored('alu')).toMatchObject({pending: [], production: [{release: '2026-1-1'}]})
    expect(await site.updated('alu')).toMatchObject({release: '2026-2-2', updated: true})
  })

  it('removes a bank with all that is its own, and nothing of another in the same folder', async () => {
    const site = new Site()
    site.bank('alu')
    site.bank('other', {'dir.version': 'alu'})
    site.put('other', 'o.fa', 'o')
    await site.updated('other')
    await releases(site, fiveDays.slice(0, 2))
    await site.engine().publish('alu', null)

    expect(await site.remove('alu', {what: 'all'})).toMatchObject({state: 'done'})

    expect(await site.store.banks.get('alu')).toBeUndefined()
    expect(Object.keys(await site.tree('alu'))).toEqual(['other_2026-1-15/flat/o.fa'])
    expect(existsSync(`${site.root}/log/alu`)).toBe(false)
    expect(await site.store.history.list({bank: 'alu', limit: 1})).toMatchObject([{action: 'remove', error: false}])
    expect(await site.store.locks.list()).toEqual([])
  })

  it('leaves `current` to another bank in the same folder', async () => {
    const site = new Site()
    site.bank('alu')
    site.bank('other', {'dir.version': 'alu'})
    await releases(site, fiveDays.slice(0, 1))
    site.put('other', 'o.fa', 'o')
    await site.updated('other')
    await site.engine().publish('other', null)

    expect(await site.remove('alu', {what: 'all'})).toMatchObject({state: 'done'})

    const link = `${site.root}/db/alu/current`
    expect(readlinkSync(link)).toMatch(/^other_/)
    expect(existsSync(`${link}/flat/o.fa`)).toBe(true)
  })

  it('removes a bank with a frozen release only by force', async () => {
    const site = new Site()
    site.bank('alu')
    await releases(site, fiveDays.slice(0, 1))
    await site.engine().freeze('alu', '2026-1-1', true)
    expect(await site.remove('alu', {what: 'all'})).toMatchObject({state: 'failed'})
    expect(await kept(site)).toEqual(['2026-1-1'])
    expect(await site.remove('alu', {what: 'all', force: true})).toMatchObject({state: 'done'})
  })
})
