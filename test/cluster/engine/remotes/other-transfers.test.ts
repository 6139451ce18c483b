import {mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, utimes, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import type {ReleaseFile} from '../../../../src/cluster/model/bank.js'
import {fetchFiles, listRemote, remotesOf} from '../../../../src/cluster/engine/remotes/index.js'
import {PartFile} from '../../../../src/cluster/engine/remotes/part-file.js'
import {rsyncAddress} from '../../../../src/cluster/engine/remotes/rsync-address.js'
import {startFtpUpstream, startLocalUpstream} from '../../../support/upstream/index.js'
import type {Upstream} from '../../../support/upstream/types.js'
import {propertiesOf} from './properties.js'
import {startRsyncUpstream} from './rsync-upstream.js'

const signal = new AbortController().signal
const modified = new Date('2024-05-06T12:00:00Z')
let folder: string

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'biomaj-transfer-'))
})
afterEach(async () => await rm(folder, {recursive: true, force: true}))

async function run(
  values: Record<string, string>,
  more: {cancel?: AbortSignal; warnings?: string[]; stallMs?: number} = {},
) {
  const properties = propertiesOf({
    'options.names': 'wait_policy,stop_condition',
    'options.wait_policy': 'wait_none',
    'options.stop_condition': 'stop_after_attempt(2)',
    ...values,
  })
  const [remote] = remotesOf(properties)
  if (!remote) throw new Error('no source')
  const options = {
    properties,
    signal: more.cancel ?? signal,
    onWarning: (line: string) => more.warnings?.push(line),
    limits: {stallMs: more.stallMs ?? 5000},
  }
  const files = await listRemote({source: remote, ...options})
  return await fetchFiles(
    {bank: 'alu', session: 1, remote, files, targetDirectory: folder},
    {...options, onProgress: () => undefined},
  )
}

const names = (files: readonly ReleaseFile[]) => files.map(({name}) => name).toSorted()
const read = async (name: string) => await readFile(path.join(folder, name), 'utf8')

describe('ftp', () => {
  let upstream: Upstream
  let values: Record<string, string>
  beforeEach(async () => {
    upstream = await startFtpUpstream()
    await upstream.put('/data/alu', 'ACGT'.repeat(50_000), modified)
    await upstream.put('/data/sub dir/b c', 'beta', modified)
    const {server = ''} = upstream.source('/') as Record<string, string>
    values = {protocol: 'ftp', server, 'remote.dir': '/data/', 'remote.files': '**/*'}
  })
  afterEach(async () => await upstream.stop())

  it.each(['default', 'multicwd', 'singlecwd', 'nocwd'])('fetches a tree with ftp_method=%s', async method => {
    const {files} = await run({...values, 'options.names': 'ftp_method', 'options.ftp_method': method})
    expect(names(files)).toEqual(['/sub dir/b c', 'alu'])
    expect(await read('sub dir/b c')).toBe('beta')
    expect((await stat(path.join(folder, 'alu'))).mtime).toEqual(new Date(2024, 4, 6))
  })

  it('tells why a file cannot be had, and leaves nothing under its name', async () => {
    await upstream.fail('/data/alu', 'missing')
    await expect(run(values)).rejects.toMatchObject({code: 'refused', message: expect.stringMatching(/alu.*550/)})
    await upstream.fail('/data/alu', 'refused')
    await expect(run(values)).rejects.toThrow(/451.*\(2 attempts\)/)
    await upstream.fail('/data/alu', 'truncated')
    await expect(run(values)).rejects.toThrow(/2 attempts/)
    expect(await readdir(folder)).not.toContain('alu')
  })

  it('goes on with what came before the connection broke', async () => {
    await upstream.put('/data/alu', 'ACGT'.repeat(5_000_000), modified)
    await upstream.fail('/data/alu', 'truncated')
    await expect(run({...values, 'options.stop_condition': 'stop_after_attempt(1)'})).rejects.toThrow(/alu/)
    const begun = await new PartFile(path.join(folder, 'alu')).begun()
    expect(begun?.bytes).toBeGreaterThan(0)
    await upstream.heal('/data/alu')
    await run(values)
    expect((await read('alu')) === 'ACGT'.repeat(5_000_000)).toBe(true)
  })

  it('begins anew when the file is another one now', async () => {
    await upstream.fail('/data/alu', 'truncated')
    await expect(run({...values, 'options.stop_condition': 'stop_after_attempt(1)'})).rejects.toThrow(/alu/)
    await upstream.heal('/data/alu')
    await upstream.put('/data/alu', 'TTTT'.repeat(50_000), new Date('2024-05-07T12:00:00Z'))
    await run(values)
    expect(await read('alu')).toBe('TTTT'.repeat(50_000))
  })

  it('gives up a server that stalls, and stops when cancelled', async () => {
    await upstream.fail('/data/alu', 'held')
    await expect(run(values, {stallMs: 300})).rejects.toMatchObject({code: 'timeout'})
    const cancel = new AbortController()
    const reason = new Error('cancelled by anna')
    setTimeout(() => cancel.abort(reason), 200)
    await expect(run(values, {cancel: cancel.signal})).rejects.toBe(reason)
  })

  it('says what is wrong with server, user and proxy', async () => {
    await expect(run({...values, 'server.credentials': 'anna:wrong'})).rejects.toMatchObject({code: 'bad_credentials'})
    await expect(run({...values, server: '127.0.0.1:1'})).rejects.toMatchObject({code: 'unreachable'})
    await expect(run({...values, server: 'a b'})).rejects.toMatchObject({code: 'config_invalid'})
    await expect(run({...values, proxy: 'proxy:3128'})).rejects.toMatchObject({code: 'config_invalid'})
    await expect(run({...values, 'remote.dir': '/nothing/'})).rejects.toMatchObject({code: 'refused'})
  })
})

const of = (server: string, user = '') =>
  rsyncAddress({server, directory: '/data/', credentials: user === '' ? null : {user, password: ''}}, '/sub/')

describe('rsync', () => {
  it('fetches a tree from a daemon with a password, also names that are patterns', async () => {
    const daemon = await startRsyncUpstream('secret')
    try {
      await mkdir(path.join(daemon.folder, 'sub'))
      for (const name of ['alu', 'a[b]*?\\c', 'a b; touch x', '-v', 'sub/$(id)', ':c', 'b:d', '#e', 'f\\g']) {
        await writeFile(path.join(daemon.folder, name), name)
        await utimes(path.join(daemon.folder, name), modified, modified)
      }
      await symlink('alu', path.join(daemon.folder, 'link'))
      await symlink('nowhere', path.join(daemon.folder, 'broken'))
      const values = {protocol: 'rsync', server: daemon.server, 'remote.dir': '/data/', 'remote.files': '**/*'}
      const warnings: string[] = []
      const {files} = await run({...values, 'server.credentials': 'alice:secret'}, {warnings})
      expect(names(files)).toEqual(
        ['#e', '-v', '/sub/$(id)', ':c', 'a b; touch x', 'a[b]*?\\c', 'alu', 'b:d', 'f\\g', 'link'].toSorted(),
      )
      for (const {name, saveAs} of files)
        expect(await read(saveAs)).toBe(name === 'link' ? 'alu' : name.replace(/^\//, ''))
      expect(warnings).toEqual([expect.stringContaining('broken')])
      await expect(run({...values, 'server.credentials': 'alice:wrong'})).rejects.toThrow(/auth failed/)
    } finally {
      await daemon.stop()
    }
  })

  it('says that nobody listens', async () => {
    const values = {protocol: 'rsync', server: '127.0.0.1:1', 'remote.dir': '/data/', 'remote.files': '.*'}
    await expect(run(values)).rejects.toMatchObject({code: 'unreachable'})
  })

  it.each(['-e sh', '--rsh=sh', '-host', 'a b', 'a;b', '$(id)', 'user@-oProxyCommand=x', ''])(
    'takes %j for no server',
    server => {
      const source = {directory: '/data/', credentials: null}
      expect(() => rsyncAddress({...source, server}, 'alu')).toThrow(/no server/)
    },
  )

  it('knows the ways to write a server', () => {
    expect(of('host')).toBe('host:/data/sub/')
    expect(of('host', 'anna')).toBe('anna@host:/data/sub/')
    expect(of('host:873')).toBe('rsync://host:873/data/sub/')
    expect(of('rsync://host', 'anna')).toBe('rsync://anna@host/data/sub/')
    expect(of('host:')).toBe('host::data/sub/')
  })
})

describe('local', () => {
  it('copies files with their times, also where hard links are wanted', async () => {
    const upstream = await startLocalUpstream()
    try {
      await upstream.put('/alu', 'ACGT', modified)
      const {directory = ''} = upstream.source('/') as Record<string, string>
      const values = {protocol: 'local', 'remote.dir': directory, 'remote.files': '.*'}
      const source = await stat(path.join(directory, 'alu'))
      for (const hardLinks of ['0', '1']) {
        await run({...values, use_hardlinks: hardLinks})
        const copy = await stat(path.join(folder, 'alu'))
        // A release must not change when its source is written in place.
        expect([copy.ino === source.ino, copy.mtimeMs]).toEqual([false, source.mtimeMs])
        expect(await readdir(folder)).toEqual(['alu'])
      }
    } finally {
      await upstream.stop()
    }
  })

  it('comes to an end in folders that lead to themselves', async () => {
    const upstream = await startLocalUpstream()
    try {
      await upstream.put('/sub/alu', 'ACGT', modified)
      const {directory = ''} = upstream.source('/') as Record<string, string>
      await symlink('..', path.join(directory, 'sub/loop'))
      await symlink('sub', path.join(directory, 'again'))
      await symlink('nowhere', path.join(directory, 'broken'))
      const {files} = await run({protocol: 'local', 'remote.dir': directory, 'remote.files': '**/*'})
      expect(files).toHaveLength(1)
    } finally {
      await upstream.stop()
    }
  })
})
