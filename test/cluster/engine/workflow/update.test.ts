import {describe, expect, it} from 'vitest'
import {Site} from './site.js'

describe('an update', () => {
  it('makes a release of the day of its newest file, and publishes it when it is asked to', async () => {
    const site = new Site()
    site.bank('alu')
    site.put('alu', 'a.fa', 'first', '2026-01-05')
    site.put('alu', 'sub/b.fa', 'second', '2026-02-11')
    site.put('alu', 'c.txt', 'not wanted')
    site.bank('alu', {'remote.files': '**/*', 'local.files': String.raw`.*\.fa$`})

    const outcome = await site.updated('alu', {publish: true})

    expect(outcome).toMatchObject({release: '2026-2-11', updated: true, published: true})
    expect(await site.tree('alu')).toEqual({
      'RELEASE.txt': 'Bank: alu\nRelease: 2026-2-11\nRemote release:2026-2-11\n',
      'alu_2026-2-11/flat/a.fa': 'first',
      'alu_2026-2-11/flat/sub/b.fa': 'second',
      current: '-> alu_2026-2-11',
    })
    expect(await site.tree('offline')).toEqual({})
    const bank = await site.stored('alu')
    expect(bank.production).toMatchObject([{release: '2026-2-11', remoteRelease: '2026-2-11', types: ['nucleic']}])
    expect(bank.current).toBe(bank.production[0]?.session)
    expect(new Set(Object.values(await site.steps('alu')))).toEqual(new Set(['over']))
    expect(await site.store.history.list({limit: 9})).toMatchObject([
      {bank: 'alu', action: 'update', updated: true, error: false, cancelled: false, reason: null},
    ])
    expect(await site.store.locks.list()).toEqual([])
  })

  it('finds nothing new when the remote side has the same', async () => {
    const site = new Site()
    site.bank('alu')
    site.put('alu', 'a.fa', 'first')
    await site.updated('alu')

    const outcome = await site.updated('alu')

    expect(outcome).toMatchObject({
      updated: false,
      release: '2026-1-15',
      directory: `${site.root}/db/alu/alu_2026-1-15`,
    })
    expect(await site.steps('alu')).toMatchObject({
      download: 'over',
      postprocess: 'skipped',
      publish: 'skipped',
      over: 'over',
    })
    expect(await site.messages('alu')).toContain('Workflow:wf_release:same_as_previous_session')
    expect((await site.stored('alu')).production).toHaveLength(1)
  })
})
