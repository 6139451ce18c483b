import {existsSync, mkdirSync, readFileSync} from 'node:fs'
import {readlink} from 'node:fs/promises'
import {describe, expect, it} from 'vitest'
import {Site} from './site.js'

async function twoReleases(): Promise<Site> {
  const site = new Site()
  site.bank('alu')
  site.put('alu', 'a.fa', 'one', '2026-01-01')
  await site.updated('alu')
  site.put('alu', 'a.fa', 'two', '2026-01-02')
  await site.updated('alu')
  return site
}

describe('publishing', () => {
  it('points current at the newest release or the one that is named, and takes it away again', async () => {
    const site = await twoReleases()
    const engine = site.engine()
    const current = `${site.root}/db/alu/current`

    expect(await engine.publish('alu', null)).toEqual({
      release: '2026-1-2',
      directory: `${site.root}/db/alu/alu_2026-1-2`,
    })
    expect(await readlink(current)).toBe('alu_2026-1-2')
    await engine.publish('alu', '2026-1-1')
    expect(await readlink(current)).toBe('alu_2026-1-1')
    expect(readFileSync(`${site.root}/db/alu/RELEASE.txt`, 'utf8')).toContain('Release: 2026-1-1\n')
    await engine.unpublish('alu')
    expect(Object.keys(await site.tree('alu'))).toEqual(['alu_2026-1-1/flat/a.fa', 'alu_2026-1-2/flat/a.fa'])
    await expect(engine.publish('alu', 'r9')).rejects.toMatchObject({code: 'release_not_found'})
  })
})

describe('a bank', () => {
  it('gets another name, and keeps its releases', async () => {
    const site = await twoReleases()
    await site.engine().rename('alu', 'renamed')
    expect(await site.store.banks.get('alu')).toBeUndefined()
    expect(readFileSync(`${site.root}/conf/renamed.properties`, 'utf8')).toContain('db.name=renamed\n')
    expect(existsSync(`${site.root}/conf/alu.properties`)).toBe(false)
    await site.engine().publish('renamed', '2026-1-2')
    expect(await readlink(`${site.root}/db/alu/current`)).toBe('alu_2026-1-2')
  })

  it('does not take the name of another', async () => {
    const site = await twoReleases()
    site.bank('other')
    await expect(site.engine().rename('alu', 'other')).rejects.toMatchObject({code: 'refused'})
    await expect(site.engine().rename('alu', '../x')).rejects.toMatchObject({code: 'bank_not_found'})
    expect(await site.stored('alu')).toMatchObject({name: 'alu'})
  })

  it('moves its releases to another folder below data.dir, and stays published', async () => {
    const site = await twoReleases()
    const engine = site.engine()
    await engine.publish('alu', '2026-1-2')
    mkdirSync(`${site.root}/db/elsewhere`)

    await engine.move('alu', `${site.root}/db/elsewhere`)

    expect(await site.tree('elsewhere')).toEqual({'alu_2026-1-1/flat/a.fa': 'one', 'alu_2026-1-2/flat/a.fa': 'two'})
    expect(readFileSync(`${site.root}/db/alu/current/flat/a.fa`, 'utf8')).toBe('two')
    expect((await site.stored('alu')).production.map(({dirVersion}) => dirVersion)).toEqual(['elsewhere', 'elsewhere'])
    await expect(engine.move('alu', '/tmp')).rejects.toMatchObject({code: 'usage'})
    await expect(engine.move('alu', 'not/there')).rejects.toMatchObject({code: 'usage'})
  })
})

describe('a repair', () => {
  it('takes a release for good that somebody repaired by hand, and breaks a lock that nobody keeps', async () => {
    const site = new Site()
    const process = {BLOCKS: 'B', 'B.db.post.process': 'M', M: 'p', 'p.name': 'p', 'p.exe': 'p.sh', 'p.args': ''}
    site.bank('alu', process)
    site.put('alu', 'a.fa', 'a')
    await site.script('p.sh', 'exit 1')
    await site.update('alu')
    await site.store.locks.take({bank: 'alu', action: 'update', job: 'dead', owner: 'bob', worker: 'gone', sinceMs: 1})

    const outcome = await site.engine().repair({bank: 'alu', release: null}, site.context())

    expect(outcome).toMatchObject({state: 'done', release: '2026-1-15', updated: true})
    expect(await site.stored('alu')).toMatchObject({pending: [], production: [{release: '2026-1-15'}]})
    expect(await site.store.history.list({limit: 1})).toMatchObject([{action: 'repair', error: false, updated: true}])
    expect(await site.updated('alu')).toMatchObject({updated: false})
  })

  it('does not break the lock of a worker that is alive', async () => {
    const site = await twoReleases()
    const lock = {bank: 'alu', action: 'update', job: 'j', owner: 'bob', worker: 'w', sinceMs: 1}
    await site.store.locks.take(lock)
    await site.store.services.renew({
      id: 'w',
      service: 'update',
      host: 'h',
      pid: 1,
      startedAtMs: 1,
      leaseUntilMs: Date.now() + 60_000,
      work: {bank: 'alu', action: 'update', job: 'j', sinceMs: 1},
    })
    expect(await site.engine().repair({bank: 'alu', release: null}, site.context())).toMatchObject({state: 'failed'})
    expect(await site.store.locks.list()).toEqual([lock])
  })
})
