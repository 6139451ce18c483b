import {createHash} from 'node:crypto'
import {expect, it} from 'vitest'
import {verifyChecksums} from '../../../../src/cluster/engine/archives/index.js'
import {workplace} from './support.js'

const sum = (algorithm: string, content: string) => createHash(algorithm).update(content).digest('hex')
const verify = async (directory: string, files: string[]) =>
  await verifyChecksums({directory, files, signal: new AbortController().signal})

it('compares files with the first word of the checksums beside them', async () => {
  const {offline, put} = workplace()
  put('sub/a.fa', 'content')
  put('sub/a.fa.md5', `${sum('md5', 'content')}  a.fa\n`)
  put('sub/a.fa.sha256', `\n${sum('sha256', 'content').toUpperCase()} *a.fa\n`)
  put('b.fa', 'no checksum')
  put('c.fa.md5', sum('md5', 'the file was moved on'))
  expect(await verify(offline, ['sub/a.fa', 'sub/a.fa.md5', 'b.fa', 'c.fa'])).toBe(2)
})

it('names all files that differ', async () => {
  const {offline, put} = workplace()
  for (const name of ['a', 'b']) {
    put(name, 'damaged')
    put(`${name}.md5`, sum('md5', 'right'))
  }
  await expect(verify(offline, ['a', 'b'])).rejects.toMatchObject({
    code: 'refused',
    message: `Wrong checksum: ${['a', 'b'].map(name => `${name} (md5 ${sum('md5', 'damaged')}, expected ${sum('md5', 'right')})`).join('; ')}`,
  })
})

it.each(['', '<html>404</html>', 'MD5 (a) = 0', 'abc'])('refuses "%s" as a checksum', async text => {
  const {offline, put} = workplace()
  put('a', 'content')
  put('a.md5', text)
  await expect(verify(offline, ['a'])).rejects.toThrow('Wrong checksum: a.md5 does not begin with a checksum')
})

it('refuses to look outside of the folder', async () => {
  const {offline} = workplace()
  await expect(verify(offline, ['../secret'])).rejects.toMatchObject({code: 'refused'})
})
