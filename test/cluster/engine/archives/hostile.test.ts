import {execFileSync} from 'node:child_process'
import {existsSync, mkdirSync, readFileSync, statSync, symlinkSync, truncateSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {gzipSync} from 'node:zlib'
import {isDeepStrictEqual} from 'node:util'
import {expect, it} from 'vitest'
import {extractAll} from '../../../../src/cluster/engine/archives/index.js'
import type {BiomajError} from '../../../../src/shared/errors.js'
import {extraction, packed, type TarEntry, tar, tree, workplace, type ZipEntry, zip} from './support.js'

/** How an archive was refused, and whether everything is as it was before. */
async function refusalOf(offline: string, name: string) {
  const before = tree(offline)
  const error = await extractAll(extraction(offline, [name])).then(
    () => undefined,
    (reason: unknown) => reason,
  )
  const {code, message, details} = error as BiomajError
  const unchanged = isDeepStrictEqual(tree(offline), before) && name in before
  return {code, message, archive: details?.['archive'], unchanged}
}

const refused = (archive: string, reason: RegExp) => ({
  code: 'refused',
  message: expect.stringMatching(reason),
  archive,
  unchanged: true,
})

const file = (name: string, content = 'evil'): TarEntry => ({name, content})
const link = (name: string, target: string): TarEntry => ({name, type: 'SYMTYPE', target})

const hostileTars: Array<[string, TarEntry[], RegExp]> = [
  ['an absolute path', [file('/tmp/biomaj-evil')], /absolute path: \/tmp\/biomaj-evil/],
  ['a path upwards', [file('../outside/evil')], /leaves its folder: \.\.\/outside\/evil/],
  ['a path upwards in the middle', [file('a/../../outside/evil')], /leaves its folder/],
  ['a folder upwards', [{name: '../outside/evil', type: 'DIRTYPE'}], /leaves its folder/],
  ['a link to an absolute path', [link('evil', '/etc')], /leads out of its folder: evil -> \/etc/],
  ['a link upwards', [link('evil', '../outside')], /leads out of its folder/],
  ['a link too far upwards from a folder', [link('a/b/evil', '../../../outside')], /leads out of its folder/],
  ['a link upwards by way of a folder', [{name: 'a', type: 'DIRTYPE'}, link('evil', 'a/../../outside')], /leads out/],
  ['a link upwards by way of a link', [link('here', '.'), link('a/evil', '../here/../../outside')], /leads out/],
  ['a file below a link', [link('dir', 'other'), file('dir/evil')], /entries below dir, which is a link/],
  [
    'a file below a link to a real folder',
    [file('sub/x'), link('d', 'sub'), file('d/evil')],
    /below d, which is a link/,
  ],
  ['a file in place of a link', [link('evil', 'x'), file('evil')], /two entries of the same name: evil/],
  ['a link in place of a file', [file('evil'), link('evil', 'x')], /two entries of the same name: evil/],
  ['a file below a file', [file('evil'), file('evil/more')], /entries below evil, which is a file/],
  ['a file in place of a folder', [file('evil/more'), file('evil')], /two entries of the same name: evil/],
  ['two files of one name', [file('evil', 'one'), file('./evil', 'two')], /two entries of the same name: evil/],
  [
    'a second name of a file outside',
    [{name: 'evil', type: 'LNKTYPE', target: '../outside/secret'}],
    /leaves its folder/,
  ],
  ['a second name of an absolute path', [{name: 'evil', type: 'LNKTYPE', target: '/etc/passwd'}], /absolute path/],
  ['a second name of a link', [link('a', 'b'), {name: 'evil', type: 'LNKTYPE', target: 'a'}], /not one of its files/],
  [
    'a second name of what comes later',
    [{name: 'evil', type: 'LNKTYPE', target: 'b'}, file('b')],
    /not one of its files/,
  ],
  ['a device', [{name: 'evil', type: 'CHRTYPE'}], /neither file, folder nor link: evil \(CharacterDevice\)/],
  ['a block device', [{name: 'evil', type: 'BLKTYPE'}], /neither file, folder nor link/],
  ['a named pipe', [{name: 'evil', type: 'FIFOTYPE'}], /neither file, folder nor link: evil \(FIFO\)/],
  ['the archive itself', [file('a.tar.gz')], /would replace what was downloaded: a\.tar\.gz/],
  ['our own folder', [file('.biomaj-extracting/0/evil')], /name that is taken/],
]

it.each(hostileTars)(
  'refuses a tar archive with %s, though good entries come before',
  async (_what, entries, reason) => {
    const {offline, outside} = workplace()
    writeFileSync(path.join(outside, 'secret'), 'mine')
    tar(path.join(offline, 'a.tar.gz'), [file('good', 'good'), ...entries])
    expect(await refusalOf(offline, 'a.tar.gz')).toEqual(refused('a.tar.gz', reason))
    expect(tree(outside)).toEqual({secret: 'mine'})
    expect(existsSync('/tmp/biomaj-evil')).toBe(false)
  },
)

const hostileZips: Array<[string, ZipEntry[], RegExp]> = [
  ['an absolute path', [{name: '/tmp/biomaj-evil'}], /absolute path/],
  ['a path upwards', [{name: '../outside/evil'}], /invalid relative path/],
  ['a path upwards for another system', [{name: '..\\outside\\evil'}], /invalid characters/],
  ['a link upwards', [{name: 'evil', content: '../outside', mode: 0o120_777}], /leads out of its folder/],
  ['a file below a link', [{name: 'd', content: 'x', mode: 0o120_777}, {name: 'd/evil'}], /below d, which is a link/],
  ['a long link', [{name: 'evil', content: 'x'.repeat(5000), mode: 0o120_777}], /target that is too long/],
  ['a device', [{name: 'evil', mode: 0o020_666}], /neither file, folder nor link/],
  [
    'two files of one name',
    [
      {name: 'evil', content: '1'},
      {name: 'evil', content: '2'},
    ],
    /two entries of the same name/,
  ],
]

it.each(hostileZips)('refuses a zip archive with %s', async (_what, entries, reason) => {
  const {offline, outside} = workplace()
  zip(path.join(offline, 'a.zip'), [{name: 'good', content: 'good'}, ...entries])
  expect(await refusalOf(offline, 'a.zip')).toEqual(refused('a.zip', reason))
  expect(tree(outside)).toEqual({})
})

it('refuses an encrypted zip archive', async () => {
  const {offline, put} = workplace()
  const plain = put('plain', 'text')
  execFileSync('zip', ['-q', '-j', '-m', '-P', 'password', path.join(offline, 'a.zip'), plain])
  expect(await refusalOf(offline, 'a.zip')).toEqual(refused('a.zip', /it is encrypted: plain/))
})

it('drops setuid, setgid and sticky bits, and what the umask forbids', async () => {
  const {offline} = workplace()
  tar(
    path.join(offline, 'a.tar'),
    [
      {name: 'run', content: 'x', mode: 0o7777},
      {name: 'closed', content: 'x', mode: 0},
    ],
    'w',
  )
  zip(path.join(offline, 'b.zip'), [{name: 'run2', content: 'x', mode: 0o106_755}])
  await extractAll(extraction(offline, ['a.tar', 'b.zip']))
  expect((statSync(path.join(offline, 'run')).mode & 0o7777).toString(8)).toBe('755')
  expect((statSync(path.join(offline, 'run2')).mode & 0o7777).toString(8)).toBe('755')
  expect((statSync(path.join(offline, 'closed')).mode & 0o7777).toString(8)).toBe('600')
})

it('stops at a bomb of zeros', async () => {
  const {offline, put} = workplace()
  put('bomb.gz', gzipSync(Buffer.alloc(40_000_000)))
  const limits = {maxBytes: 1e9, maxRatio: 100, maxEntries: 10}
  await expect(extractAll(extraction(offline, ['bomb.gz'], {limits}))).rejects.toMatchObject({
    code: 'refused',
    message: expect.stringMatching(/grows to more than 100 times its size/),
  })
  expect(Object.keys(tree(offline))).toEqual(['bomb.gz'])
})

it('stops at a bomb in a zip archive and in a tar archive', async () => {
  const {offline, put} = workplace()
  const zeros = put('zeros', Buffer.alloc(20_000_000))
  execFileSync('zip', ['-q', '-j', path.join(offline, 'a.zip'), zeros])
  execFileSync('tar', ['-C', offline, '-czf', path.join(offline, 'a.tgz'), '--remove-files', 'zeros'])
  const limits = {maxBytes: 1e9, maxRatio: 50, maxEntries: 10}
  for (const name of ['a.zip', 'a.tgz']) {
    await expect(extractAll(extraction(offline, [name], {limits}))).rejects.toThrow(/more than 50 times its size/)
  }
  expect(Object.keys(tree(offline))).toEqual(['a.tgz', 'a.zip'])
})

it('stops when all archives together become too large', async () => {
  const {offline, put} = workplace()
  for (const name of ['a', 'b', 'c']) put(`${name}.gz`, gzipSync('x'.repeat(1000)))
  const limits = {maxBytes: 2500, maxRatio: 100, maxEntries: 10}
  await expect(extractAll(extraction(offline, ['a.gz', 'b.gz', 'c.gz'], {limits}))).rejects.toThrow(
    /the release would grow beyond 2500 bytes/,
  )
  expect(Object.keys(tree(offline))).toEqual(['a.gz', 'b.gz', 'c.gz'])
})

it('stops when there are too many entries', async () => {
  const {offline} = workplace()
  tar(
    path.join(offline, 'a.tar'),
    Array.from({length: 11}, (_, n) => file(`f${n}`)),
    'w',
  )
  const limits = {maxBytes: 1e9, maxRatio: 100, maxEntries: 10}
  await expect(extractAll(extraction(offline, ['a.tar'], {limits}))).rejects.toThrow(/more than 10 entries/)
})

it.each([
  ['a.tar.gz', /damaged|not a tar/],
  ['a.tar', /damaged/],
  ['a.tar.bz2', /bzip2 cannot read it/],
  ['a.tar.xz', /damaged/],
  ['a.zip', /not a zip archive, or damaged/],
])('refuses %s when its end is missing', async (name, reason) => {
  const {offline, put} = workplace()
  const content = Buffer.from(Array.from({length: 300_000}, (_, n) => (n * n * 31 + (n >> 3)) & 255)).toString('latin1')
  const full = path.join(offline, name)
  if (name === 'a.zip') zip(full, [file('x', content)])
  else if (name.endsWith('xz') || name.endsWith('bz2')) {
    tar(path.join(offline, 'a.tar'), [file('x', content)], 'w')
    put(name, packed(name.endsWith('xz') ? 'xz' : 'bzip2', readFileSync(path.join(offline, 'a.tar'))))
  } else tar(full, [file('x', content)], name === 'a.tar' ? 'w' : 'w:gz')
  truncateSync(full, Math.floor(statSync(full).size / 2))
  expect(await refusalOf(offline, name)).toEqual(refused(name, reason))
})

it.each(['a.tar.gz', 'a.gz', 'a.tar', 'a.bz2', 'a.xz', 'a.zip'])('refuses %s when it is something else', async name => {
  const {offline, put} = workplace()
  put(name, '<html>Not found</html>'.repeat(100))
  expect(await refusalOf(offline, name)).toEqual(refused(name, /damaged|cannot read it|not a/))
})

it('refuses a tar archive that is packed twice', async () => {
  const {offline, put} = workplace()
  tar(path.join(offline, 'b.tgz'), [file('x')])
  put('a.tar.gz', gzipSync(readFileSync(path.join(offline, 'b.tgz'))))
  expect(await refusalOf(offline, 'a.tar.gz')).toEqual(refused('a.tar.gz', /packed twice/))
})

it('refuses a zip archive with a wrong checksum', async () => {
  const {offline} = workplace()
  const full = path.join(offline, 'a.zip')
  zip(full, [file('x', 'the right content')])
  writeFileSync(full, readFileSync(full, 'latin1').replace('right', 'wrong'), 'latin1')
  expect(await refusalOf(offline, 'a.zip')).toEqual(refused('a.zip', /the checksum of x is wrong/))
})

it('changes nothing when one of many archives is bad', async () => {
  const {offline, put} = workplace()
  for (const name of ['a', 'b', 'd']) tar(path.join(offline, `${name}.tgz`), [file(`${name}.fa`, name)])
  put('c.tgz', 'no archive')
  const before = tree(offline)
  await expect(extractAll(extraction(offline, ['a.tgz', 'b.tgz', 'c.tgz', 'd.tgz']))).rejects.toThrow(/^c\.tgz was not/)
  expect(tree(offline)).toEqual(before)
})

it('refuses an archive that would replace a download, unless both are equal', async () => {
  const {offline, put} = workplace()
  put('same.fa', 'equal')
  put('other.fa', 'downloaded')
  put('sub/deep.fa', 'downloaded')
  tar(path.join(offline, 'a.tgz'), [file('same.fa', 'equal'), file('new.fa', 'new')])
  await extractAll(extraction(offline, ['a.tgz', 'same.fa', 'other.fa']))
  expect(tree(offline)).toMatchObject({'same.fa': 'equal', 'new.fa': 'new'})
  for (const [name, evil] of Object.entries({'b.tgz': file('other.fa'), 'c.tgz': file('sub')})) {
    tar(path.join(offline, name), [evil])
    await expect(extractAll(extraction(offline, [name, 'other.fa', 'sub/deep.fa']))).rejects.toThrow(
      /would replace what was downloaded/,
    )
  }
  expect(tree(offline)).toMatchObject({'other.fa': 'downloaded', 'sub/deep.fa': 'downloaded'})
})

it('takes equal files of two archives, and refuses different ones', async () => {
  const {offline} = workplace()
  tar(path.join(offline, 'a.tgz'), [file('taxdb', 'equal'), file('a')])
  tar(path.join(offline, 'b.tgz'), [file('taxdb', 'equal'), file('b')])
  await extractAll(extraction(offline, ['a.tgz', 'b.tgz']))
  expect(Object.keys(tree(offline))).toEqual(['a', 'b', 'taxdb'])
  tar(path.join(offline, 'c.tgz'), [file('x', 'one')])
  tar(path.join(offline, 'd.tgz'), [file('x', 'two')])
  await expect(extractAll(extraction(offline, ['c.tgz', 'd.tgz']))).rejects.toThrow(
    'd.tgz was not extracted: it and c.tgz both have x, and they differ',
  )
  expect(Object.keys(tree(offline))).toEqual(['a', 'b', 'c.tgz', 'd.tgz', 'taxdb'])
})

it('does not follow a link that was put into the folder beforehand', async () => {
  const {offline, outside} = workplace()
  symlinkSync(outside, path.join(offline, 'dir'))
  writeFileSync(path.join(outside, 'x'), 'mine')
  symlinkSync(path.join(outside, 'x'), path.join(offline, 'x'))
  tar(path.join(offline, 'a.tgz'), [file('dir/evil'), file('x')])
  await extractAll(extraction(offline, ['a.tgz']))
  expect(tree(outside)).toEqual({x: 'mine'})
  expect(tree(offline)).toEqual({'dir/evil': 'evil', x: 'evil'})
})

it.each(['../a.tgz', '/tmp/a.tgz', '.'])('refuses to look for a download at %s', async name => {
  const {offline} = workplace()
  await expect(extractAll(extraction(offline, [name]))).rejects.toMatchObject({code: 'refused'})
})

it('takes what a run that was killed has left, and does it again', async () => {
  const {offline, put} = workplace()
  tar(path.join(offline, 'a.tgz'), [file('one', 'new'), file('sub/two', 'new')])
  put('.biomaj-extracting/0/one', 'half')
  mkdirSync(path.join(offline, 'sub'))
  put('one', 'moved before')
  expect(await extractAll(extraction(offline, ['a.tgz', 'gone.tgz']))).toMatchObject({archives: ['a.tgz']})
  expect(tree(offline)).toEqual({one: 'new', 'sub/two': 'new'})
})

it('stops when it is told to, and changes nothing', async () => {
  const {offline, put} = workplace()
  for (const name of ['a.gz', 'b.bz2', 'c.xz']) {
    put(name, packed(name === 'a.gz' ? 'gzip' : name === 'b.bz2' ? 'bzip2' : 'xz', Buffer.alloc(30_000_000)))
  }
  const before = Object.keys(tree(offline))
  for (const name of before) {
    const stop = new AbortController()
    const running = extractAll(
      extraction(offline, [name], {signal: stop.signal, limits: {maxBytes: 1e9, maxRatio: 1e9, maxEntries: 9}}),
    )
    setTimeout(() => stop.abort(new Error('enough')), 5)
    await expect(running).rejects.toThrow('enough')
  }
  expect(Object.keys(tree(offline))).toEqual(before)
})

it('lets others work while it unpacks', async () => {
  const {offline, put} = workplace()
  put('a.xz', packed('xz', Buffer.alloc(30_000_000)))
  let turns = 0
  const counter = setInterval(() => (turns += 1), 1)
  await extractAll(extraction(offline, ['a.xz'], {limits: {maxBytes: 1e9, maxRatio: 1e9, maxEntries: 9}}))
  clearInterval(counter)
  expect(turns).toBeGreaterThan(10)
})
