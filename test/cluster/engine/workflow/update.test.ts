import {createHash} from 'node:crypto'
import {once} from 'node:events'
import {mkdirSync, renameSync, utimesSync, writeFileSync} from 'node:fs'
import {readFile, stat} from 'node:fs/promises'
import {createServer} from 'node:http'
import type {AddressInfo} from 'node:net'
import {gzipSync} from 'node:zlib'
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

  it('takes the release from the name of a file or from what is in it', async () => {
    const site = new Site()
    site.bank('named', {'release.file': String.raw`^release-(\d+)\.txt$`})
    site.put('named', 'a.fa', 'a')
    site.put('named', 'release-42.txt', '')
    site.bank('told', {'release.file': '^notes$', 'release.regexp': String.raw`Release (\d+\.\d+)`})
    site.put('told', 'a.fa', 'a')
    site.put('told', 'notes', 'Release 9.1, before it Release 10.2')

    expect(await site.updated('named')).toMatchObject({release: '42', updated: true})
    expect(await site.updated('told')).toMatchObject({release: '10.2', updated: true})
    expect(await site.messages('told')).toEqual(
      expect.arrayContaining(['Session:RemoteRelease:10.2', 'Session:Release:10.2']),
    )
    expect(await site.updated('told')).toMatchObject({release: '10.2', updated: false})
    expect(await site.steps('told')).toMatchObject({release: 'over', download: 'skipped', over: 'over'})
  })

  it('makes a release again that was removed, though the remote side has nothing newer', async () => {
    const site = new Site()
    site.bank('alu', {'release.file': String.raw`^release-(\d+)\.txt$`})
    site.put('alu', 'a.fa', 'a')
    site.put('alu', 'release-1.txt', '')
    await site.updated('alu')
    await site.updated('alu')
    expect(await site.remove('alu', {release: '1'})).toMatchObject({state: 'done'})

    expect(await site.updated('alu')).toMatchObject({release: '1', updated: true})
    expect(await site.tree('alu')).toEqual({'alu_1/flat/a.fa': 'a'})
  })

  it('fetches only what the last release does not have as it is now', async () => {
    const fetched: string[][] = []
    const site = new Site({
      downloads: real => ({
        fetch: async (request, options) => {
          fetched.push(request.files.map(({name}) => name))
          return real.fetch(request, options)
        },
      }),
    })
    site.bank('alu', {'local.files': '.*'})
    site.put('alu', 'same.fa', 'same', '2026-01-01')
    site.put('alu', 'changed.fa', 'old', '2026-01-02')
    await site.updated('alu')
    site.put('alu', 'changed.fa', 'new', '2026-01-03')

    await site.updated('alu')

    expect(fetched.map(names => names.toSorted())).toEqual([['changed.fa', 'same.fa'], ['changed.fa']])
    expect(await site.tree('alu')).toEqual({
      'alu_2026-1-2/flat/changed.fa': 'old',
      'alu_2026-1-2/flat/same.fa': 'same',
      'alu_2026-1-3/flat/changed.fa': 'new',
      'alu_2026-1-3/flat/same.fa': 'same',
    })
  })

  it('shares files between releases by hard links when it is told to, and copies them otherwise', async () => {
    for (const hardLinks of ['1', '0']) {
      const site = new Site()
      site.bank('alu', {use_hardlinks: hardLinks})
      site.put('alu', 'same.fa', 'same', '2026-01-01')
      await site.updated('alu')
      site.put('alu', 'new.fa', 'new', '2026-01-03')
      await site.updated('alu')

      const {ino, mtime} = await stat(`${site.root}/db/alu/alu_2026-1-3/flat/same.fa`)
      const before = await stat(`${site.root}/db/alu/alu_2026-1-1/flat/same.fa`)
      expect(ino === before.ino).toBe(hardLinks === '1')
      expect([mtime.getFullYear(), mtime.getMonth(), mtime.getDate()]).toEqual([2026, 0, 1])
    }
  })

  it('does not take a file of the last release that changed on the same day without a change of its size', async () => {
    const site = new Site()
    site.bank('alu', {'release.file': String.raw`^release-(\d+)\.txt$`})
    site.put('alu', 'a.fa', 'one')
    site.put('alu', 'release-1.txt', '')
    await site.updated('alu')
    writeFileSync(`${site.upstream('alu')}/a.fa`, 'two')
    utimesSync(`${site.upstream('alu')}/a.fa`, new Date('2026-01-15T13:00:00'), new Date('2026-01-15T13:00:00'))
    renameSync(`${site.upstream('alu')}/release-1.txt`, `${site.upstream('alu')}/release-2.txt`)

    await site.updated('alu')

    expect(await site.tree('alu')).toMatchObject({'alu_2/flat/a.fa': 'two'})
  })

  it('never writes into a folder that is there: the release gets a number', async () => {
    const site = new Site()
    site.bank('alu')
    site.put('alu', 'a.fa', 'mine')
    mkdirSync(`${site.root}/db/alu/alu_2026-1-15`, {recursive: true})
    writeFileSync(`${site.root}/db/alu/alu_2026-1-15/theirs`, 'theirs')

    expect(await site.updated('alu')).toMatchObject({release: '2026-1-15__1'})
    expect(await site.updated('alu', {fromScratch: true})).toMatchObject({release: '2026-1-15__2', updated: true})
    expect(await site.updated('alu')).toMatchObject({updated: false})
    expect(await site.tree('alu')).toEqual({
      'alu_2026-1-15/theirs': 'theirs',
      'alu_2026-1-15__1/flat/a.fa': 'mine',
      'alu_2026-1-15__2/flat/a.fa': 'mine',
    })
  })

  it('compares the files of the same release when release.control is on', async () => {
    const site = new Site()
    site.bank('alu', {'release.file': String.raw`^release-(\d+)\.txt$`, 'release.control': 'true'})
    site.put('alu', 'a.fa', 'one')
    site.put('alu', 'release-1.txt', '')
    await site.updated('alu')
    expect(await site.updated('alu')).toMatchObject({updated: false})
    site.put('alu', 'a.fa', 'other', '2026-01-16')

    expect(await site.updated('alu')).toMatchObject({release: '1__1', updated: true})
    expect(await site.updated('alu')).toMatchObject({updated: false})
    expect(await site.tree('alu')).toEqual({'alu_1/flat/a.fa': 'one', 'alu_1__1/flat/a.fa': 'other'})
  })

  it('extracts archives unless no.extract says otherwise, and verifies checksums that come with them', async () => {
    const site = new Site()
    const archive = gzipSync('unpacked')
    site.bank('alu', {'no.extract': 'false', 'remote.files': '.*', 'local.files': String.raw`.*\.fa(\.gz)?$`})
    site.put('alu', 'a.fa.gz', archive)
    site.put('alu', 'a.fa.gz.md5', `${createHash('md5').update(archive).digest('hex')}  a.fa.gz`)
    await site.updated('alu')
    expect(await site.tree('alu')).toEqual({'alu_2026-1-15/flat/a.fa': 'unpacked'})

    site.put('alu', 'a.fa.gz.md5', '00000000000000000000000000000000', '2026-01-16')
    const outcome = await site.update('alu')
    expect(outcome.state).toBe('failed')
    expect(outcome.reason).toMatch(/Wrong checksum: a\.fa\.gz/)
    expect(await site.steps('alu')).toMatchObject({download: 'error', postprocess: 'waiting', over: 'waiting'})
    expect((await site.stored('alu')).pending).toMatchObject([{release: '2026-1-16'}])
  })

  it('needs no files when the protocol is none, but a release', async () => {
    const site = new Site()
    site.bank('alu', {protocol: 'none'})
    expect(await site.update('alu')).toMatchObject({
      state: 'failed',
      reason: 'no download file but no release found',
    })
  })

  it('counts the bytes of a release when data.stats asks for them', async () => {
    const site = new Site()
    site.bank('alu', {'data.stats': '1'})
    site.put('alu', 'a.fa', '12345')
    await site.updated('alu')
    expect((await site.stored('alu')).production).toMatchObject([{sizeBytes: 5}])
  })

  it('has nothing to do when the list of files is empty or not there', async () => {
    const site = new Site()
    site.bank('alu', {'remote.list': '/does/not/exist.json'})
    expect(await site.updated('alu')).toMatchObject({updated: false, release: null, directory: null})
  })

  it('gathers files of several places, and remembers all of them', async () => {
    const server = createServer((request, response) => response.end(`content of ${request.url}`)).listen(0, '127.0.0.1')
    await once(server, 'listening')
    try {
      const {port} = server.address() as AddressInfo
      const site = new Site()
      site.bank('alu', {
        protocol: 'multi',
        ...of(0, {protocol: 'directhttp', server: `127.0.0.1:${port}`, path: 'one', name: 'first.fa'}),
        ...of(1, {protocol: 'directhttp', server: `127.0.0.1:${port}`, path: 'two', name: 'sub/second.fa'}),
      })
      const {release, session} = await site.updated('alu')
      expect(await site.tree('alu')).toEqual({
        [`alu_${release}/flat/first.fa`]: 'content of /one',
        [`alu_${release}/flat/sub/second.fa`]: 'content of /two',
      })
      const cached = JSON.parse(await readFile(`${site.root}/cache/files_${session}`, 'utf8')) as Array<{
        saveAs: string
      }>
      expect(cached.map(({saveAs}) => saveAs)).toEqual(['first.fa', 'sub/second.fa'])
    } finally {
      server.close()
    }
  })
})

function of(index: number, values: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [`remote.file.${index}.${key}`, value]))
}
