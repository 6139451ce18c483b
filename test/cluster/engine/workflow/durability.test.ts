import {execFileSync} from 'node:child_process'
import {mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync} from 'node:fs'
import {readlink} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterEach, describe, expect, it} from 'vitest'
import {syncTree} from '../../../../src/cluster/engine/sync-tree.js'
import {RemoteError} from '../../../../src/cluster/engine/remotes/remote-error.js'
import {Site} from './site.js'

const withProcess = {
  auto_publish: '1',
  BLOCKS: 'B',
  'B.db.post.process': 'M',
  M: 'P',
  'P.name': 'P',
  'P.exe': 'make.sh',
  'P.args': '',
}
const makes = 'echo made > "$datadir/$dirversion/$localrelease/made"'
const full = new RemoteError({code: 'server_error', message: 'x cannot be written: the disk is full', permanent: true})

describe('a release', () => {
  it('is on the disk before the store says of any part of it that it is made', async () => {
    const site: Site = new Site({
      syncTree: async (folder, {root}) => {
        const {sessions, production, current} = await site.stored('alu')
        const [session] = sessions
        seen.push({
          folder: path.relative(root, folder),
          files: Object.keys(await site.tree(path.relative(root, folder))),
          said: {
            download: session?.steps.download ?? false,
            processes: Object.values(session?.processes ?? {}),
            production: production.length,
            current,
          },
        })
      },
    })
    const seen: unknown[] = []
    site.bank('alu', withProcess)
    await site.script('make.sh', makes)
    site.put('alu', 'a.fa', 'one')
    const {session} = await site.updated('alu')
    const nothing = {download: false, processes: [], production: 0, current: null}
    const folder = 'alu/alu_2026-1-15'
    const files = ['flat/a.fa', 'made']
    expect(seen).toEqual([
      {folder, files: ['flat/a.fa'], said: nothing},
      {folder, files, said: {...nothing, download: true}},
      {folder, files, said: {...nothing, download: true, processes: [true]}},
      // What is published is in production; nothing but lists of files came after it.
      {folder, files, said: {download: true, processes: [true], production: 1, current: session}},
    ])
  })

  it.each(['download', 'postprocess'])(
    'that the disk does not take in %s is not published, and not listed',
    async step => {
      let failAt = step === 'download' ? 1 : 2
      const site = new Site({
        syncTree: async () => {
          failAt--
          return failAt === 0 ? Promise.reject(full) : Promise.resolve()
        },
      })
      site.bank('alu', withProcess)
      await site.script('make.sh', makes)
      site.put('alu', 'a.fa', 'one')
      const outcome = await site.update('alu')
      expect(outcome).toMatchObject({
        state: 'failed',
        published: false,
        reason: expect.stringContaining('the disk is full'),
      })
      expect(await site.steps('alu')).toMatchObject({[step]: 'error'})
      expect(await site.log('alu')).toContain('the disk is full')
      expect(await site.stored('alu')).toMatchObject({production: [], current: null})
      expect((await site.store.history.list({limit: 1}))[0]).toMatchObject({
        error: true,
        reason: expect.stringContaining('full'),
      })
      // With room again, the same is gone on with.
      expect(await site.updated('alu')).toMatchObject({published: true})
      expect(await readlink(`${site.root}/db/alu/current`)).toBe('alu_2026-1-15')
      expect(await site.tree('alu/alu_2026-1-15')).toEqual({'flat/a.fa': 'one', made: 'made\n'})
    },
  )
})

describe('bringing a folder to the disk', () => {
  let folder: string | undefined
  afterEach(() => {
    if (folder !== undefined) rmSync(folder, {recursive: true, force: true})
  })

  it('takes whatever processes leave there: links that lead nowhere, pipes, files without rights', async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'biomaj-sync-'))
    const release = path.join(folder, 'a', 'b')
    mkdirSync(path.join(release, 'deep', 'deeper'), {recursive: true})
    for (let n = 0; n < 50; n++) writeFileSync(path.join(release, 'deep', `${n}`), 'x')
    writeFileSync(path.join(release, 'secret'), 'x', {mode: 0o200})
    symlinkSync('nowhere', path.join(release, 'broken'))
    symlinkSync('..', path.join(release, 'deep', 'loop'))
    execFileSync('mkfifo', [path.join(release, 'pipe')])
    await expect(syncTree(release, {root: folder})).resolves.toBeUndefined()
    await expect(syncTree(path.join(release, 'nothing'), {root: folder})).resolves.toBeUndefined()
  })

  it('stops when it is told to', async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'biomaj-sync-'))
    writeFileSync(path.join(folder, 'x'), 'x')
    const signal = AbortSignal.abort(new Error('cancelled by anna'))
    await expect(syncTree(folder, {root: folder, signal})).rejects.toThrow('cancelled by anna')
  })
})
