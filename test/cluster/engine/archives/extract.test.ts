import {readlinkSync, statSync, utimesSync} from 'node:fs'
import path from 'node:path'
import {expect, it} from 'vitest'
import {extractAll} from '../../../../src/cluster/engine/archives/index.js'
import {extraction, packed, tar, tree, workplace, zip} from './support.js'

it.each(['w', 'w:gz', 'w:bz2', 'w:xz'])('extracts a tar archive made by tarfile %s and removes it', async mode => {
  const {offline} = workplace()
  const name = {w: 'a.tar', 'w:gz': 'a.tar.gz', 'w:bz2': 'a.tar.bz2', 'w:xz': 'a.tar.xz'}[mode] ?? ''
  tar(
    path.join(offline, name),
    [
      {name: './b/one.fa', content: '>1\n'},
      {name: 'two.fa', content: 'x'.repeat(200_000)},
    ],
    mode,
  )
  const done = await extractAll(extraction(offline, [name]))
  expect(tree(offline)).toEqual({'b/one.fa': '>1\n', 'two.fa': 'x'.repeat(200_000)})
  expect(done).toEqual({archives: [name], files: ['b/one.fa', 'two.fa'], bytes: 200_003})
})

it.each(['gzip', 'bzip2', 'xz'] as const)(
  'extracts a file packed by %s beside itself, with its time',
  async program => {
    const {offline, put} = workplace()
    const ending = {gzip: 'gz', bzip2: 'bz2', xz: 'xz'}[program]
    const content = 'ACGT\n'.repeat(100_000)
    const file = put(`sub/alu.n.${ending}`, Buffer.concat([packed(program, content), packed(program, 'end')]))
    utimesSync(file, 1_500_000_000, 1_500_000_000)
    await extractAll(extraction(offline, [`sub/alu.n.${ending}`]))
    expect(tree(offline)).toEqual({'sub/alu.n': `${content}end`})
    expect(statSync(path.join(offline, 'sub/alu.n')).mtimeMs).toBe(1_500_000_000_000)
  },
)

it('extracts a zip archive, packed and plain, with folders and links', async () => {
  const {offline} = workplace()
  zip(path.join(offline, 'a.zip'), [
    {name: 'b/', mode: 0o40_755},
    {name: 'b/one.fa', content: 'plain'},
    {name: 'two.fa', content: 'y'.repeat(100_000), deflate: true},
    {name: 'b/link', content: '../two.fa', mode: 0o120_777},
  ])
  await extractAll(extraction(offline, ['a.zip']))
  expect(tree(offline)).toEqual({'b/link': '(link)', 'b/one.fa': 'plain', 'two.fa': 'y'.repeat(100_000)})
  expect(readlinkSync(path.join(offline, 'b/link'))).toBe('../two.fa')
})
