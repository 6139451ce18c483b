import {describe, expect, it} from 'vitest'
import {RunCancelled} from '../../../../src/cluster/engine/engine.js'
import {Site} from './site.js'

const release = {'release.file': String.raw`^release-(\d+)\.txt$`}

function siteWithDependency(properties: Record<string, string> = {}): Site {
  const site = new Site()
  site.bank('base', release)
  site.put('base', 'base.fa', 'base')
  site.put('base', 'release-7.txt', '')
  site.bank('derived', {depends: 'base', ...properties})
  site.put('derived', 'own.fa', 'own')
  return site
}

describe('a bank that depends on another', () => {
  it('updates that one first, with a status and a row of its own', async () => {
    const site = siteWithDependency()
    const outcome = await site.updated('derived')

    expect(outcome).toMatchObject({release: '2026-1-15', updated: true})
    expect((await site.stored('base')).production).toMatchObject([{release: '7'}])
    expect(await site.steps('base')).toMatchObject({over: 'over'})
    const rows = await site.store.history.list({limit: 9})
    expect(rows.map(({bank, error}) => ({bank, error})).toSorted((a, b) => (a.bank < b.bank ? -1 : 1))).toEqual([
      {bank: 'base', error: false},
      {bank: 'derived', error: false},
    ])
    expect(await site.messages('derived')).toEqual(
      expect.arrayContaining(['Update:Depends:base', 'Update:Depends:base:True', 'Workflow:wf_depends:base:True']),
    )
    expect(await site.store.locks.list()).toEqual([])
  })

  it('takes its release, its files, and tells its processes where it is', async () => {
    const site = siteWithDependency({
      'ref.release': 'base',
      'base.files.move': String.raw`flat/.*\.fa`,
      BLOCKS: 'B',
      'B.db.post.process': 'M',
      M: 'p',
      'p.name': 'p',
      'p.exe': 'p.sh',
      'p.args': '${basesource}',
    })
    await site.script('p.sh', 'echo "$1" > "$datadir/$dirversion/$localrelease/source"')

    expect(await site.updated('derived')).toMatchObject({release: '7'})
    expect(await site.tree('derived')).toEqual({
      'derived_7/base/flat/base.fa': 'base',
      'derived_7/flat/own.fa': 'own',
      'derived_7/source': '<root>/db/base/base_7\n',
    })
    expect(await site.updated('derived')).toMatchObject({updated: false, release: '7'})
  })

  it('gets a number when what it depends on was made again under the same name', async () => {
    const site = siteWithDependency({'ref.release': 'base'})
    await site.updated('derived')
    await site.remove('base', {release: '7'})

    expect(await site.updated('derived')).toMatchObject({release: '7__1', updated: true})
  })

  it('knows what it depends on when it is taken up again', async () => {
    const process = {
      BLOCKS: 'B',
      'B.db.post.process': 'M',
      M: 'p',
      'p.name': 'p',
      'p.exe': 'p.sh',
      'p.args': '${basesource}',
    }
    const site = siteWithDependency({'base.files.move': '**/*', 'local.files': 'nothing', ...process})
    await site.script('p.sh', 'echo "$1" > "$datadir/source"')
    expect(await site.update('derived')).toMatchObject({state: 'failed'})
    site.bank('derived', {depends: 'base', 'base.files.move': '**/*', ...process})

    await site.updated('derived')
    expect(await site.tree('derived')).toEqual({
      'derived_2026-1-15/base/flat/base.fa': 'base',
      'derived_2026-1-15/flat/own.fa': 'own',
    })
    expect(await site.tree('.')).toMatchObject({source: '<root>/db/base/base_7\n'})
  })

  it('fails with it, and says so', async () => {
    const site = siteWithDependency()
    site.bank('base', {...release, 'remote.files': 'none-of-them'})

    const outcome = await site.update('derived')

    expect(outcome.state).toBe('failed')
    expect(outcome.reason).toMatch(/^the update of base, which it depends on, failed: No remote file matches/)
    expect(await site.steps('derived')).toMatchObject({depends: 'error', preprocess: 'waiting'})
    expect(await site.store.locks.list()).toEqual([])
  })

  it('is cancelled with it, and does not look as if it had failed', async () => {
    const site = new Site({downloads: () => ({fetch: async () => Promise.reject(RunCancelled.by('root'))})})
    for (const [name, more] of [['base'], ['derived', {depends: 'base'}]] as const) {
      site.bank(name, more)
      site.put(name, 'a.fa', 'a')
    }

    expect(await site.update('derived')).toMatchObject({state: 'cancelled', reason: 'cancelled by root'})
    const rows = await site.store.history.list({limit: 9})
    expect(rows.map(({bank, cancelled, reason}) => ({bank, cancelled, reason}))).toEqual(
      expect.arrayContaining(['base', 'derived'].map(bank => ({bank, cancelled: true, reason: 'cancelled by root'}))),
    )
  })

  it('updates each bank once, those first that others need', async () => {
    const site = siteWithDependency({depends: 'middle, base'})
    site.bank('middle', {depends: 'base'})
    site.put('middle', 'm.fa', 'm')
    await site.updated('derived')
    const rows = await site.store.history.list({limit: 9})
    expect(rows.map(({bank}) => bank).toSorted()).toEqual(['base', 'derived', 'middle'])
    expect((await site.stored('derived')).sessions[0]?.dependencies.map(({bank}) => bank)).toEqual(['base', 'middle'])
  })

  it('is refused when banks depend on each other in a circle', async () => {
    const site = siteWithDependency()
    site.bank('base', {...release, depends: 'derived'})
    expect(await site.update('derived')).toMatchObject({
      state: 'failed',
      reason: 'Banks depend on each other in a circle: derived -> base -> derived',
    })
  })
})
