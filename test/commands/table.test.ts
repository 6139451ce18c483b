import {PassThrough} from 'node:stream'
import {describe, expect, it} from 'vitest'
import {renderBlocks} from '../../src/cli/terminal/blocks.js'
import {Io} from '../../src/cli/io.js'
import type {OutputStream, Runtime} from '../../src/cli/runtime.js'
import {renderTable} from '../../src/cli/terminal/table.js'
import {truncate, widthOf} from '../../src/shared/width.js'
import {releaseColumns} from '../../src/presentation/releases.js'
import {marked} from '../../src/presentation/text.js'

function ioOf(columns?: number): Io {
  const stream: OutputStream = Object.assign(new PassThrough(), columns === undefined ? {} : {isTTY: true, columns})
  const runtime = {env: {}, stdout: stream, stderr: stream} as unknown as Runtime
  return new Io(runtime, {json: false, quiet: false, debug: false, noColor: true, noInput: true})
}

const columns = [
  {title: 'NAME', cell: ({name}: {name: string}) => name},
  {title: 'WHEN', cell: () => '2026-01-15 11:00:00', whole: true},
]

describe('a table', () => {
  it('is never truncated in a pipe', () => {
    const name = 'n'.repeat(500)
    expect(renderTable(ioOf(), columns, [{name}])).toContain(`${name}  2026-01-15 11:00:00`)
  })

  it('fits the terminal, at the cost of what is wide and need not be whole', () => {
    expect(
      renderTable(ioOf(40), columns, [{name: 'a-name-that-is-longer-than-20'}, {name: 'b'}]),
    ).toMatchInlineSnapshot(`
      "NAME                 WHEN
      a-name-that-is-lon…  2026-01-15 11:00:00
      b                    2026-01-15 11:00:00"
    `)
    expect(renderTable(ioOf(20), columns, [{name: 'a-name-that-is-longer-than-20'}])).toMatchInlineSnapshot(`
      "NAME      WHEN
      a-name-…  2026-01-1…"
    `)
  })

  it('shows the names of releases whole in a terminal of 80 columns', () => {
    const releases = ['2026-11-20', '2026-11-20__1'].map(release => ({
      release,
      remoteRelease: '2026-11-20',
      published: release.endsWith('__1'),
      frozen: true,
      sizeBytes: 2_400_000_000,
      formats: ['fasta', 'blast'],
      session: {serverLocal: '2026-11-20 11:00:00'},
      directory: `/var/lib/biomaj/data/db/alu/alu_${release}`,
    }))
    const lines = renderTable(ioOf(80), releaseColumns(releases), releases).split('\n')
    expect(lines.map(line => line.split('  ')[0])).toEqual(['RELEASE', '2026-11-20', '2026-11-20__1'])
  })

  it('keeps a forged row within its cell', () => {
    const text = renderTable(ioOf(), columns, [{name: 'a\nforged  2026-01-15 11:00:00\u001B[2K'}])
    expect(text.split('\n')).toHaveLength(2)
    expect(text).not.toContain('\u001B')
  })
})

const blocks = (words: string, items = 1) => [
  {
    kind: 'fields' as const,
    fields: [{label: 'Label', rows: [Array.from({length: items}, () => marked('!', 'worry', words))]}],
  },
]

describe('a field', () => {
  it('goes on below its first word when a terminal is too narrow', () => {
    expect(
      renderBlocks(ioOf(40), blocks('the cluster does not tell which of its daemons is at work')),
    ).toMatchInlineSnapshot(`
      "Label        ! the cluster does not tell
                   which of its daemons is at
                   work"
    `)
    expect(renderBlocks(ioOf(40), blocks('item', 7))).toMatchInlineSnapshot(`
      "Label        ! item  ! item  ! item
                   ! item  ! item  ! item
                   ! item"
    `)
  })

  it('stays on one line in a pipe', () => {
    expect(renderBlocks(ioOf(), blocks('item', 70)).split('\n')).toHaveLength(1)
  })
})

describe('widths', () => {
  it.each([
    ['plain', 5],
    ['✓ ok …', 6],
    ['日本', 4],
    ['e\u0301', 1],
    ['🧬', 2],
    ['', 0],
  ])('%j takes %i cells', (text, width) => {
    expect(widthOf(text)).toBe(width)
  })

  it('cuts between characters, not within', () => {
    expect(truncate('日本語', 4)).toBe('日…')
    expect(truncate('日本', 4)).toBe('日本')
    expect(truncate('name of it', 6)).toBe('name…')
  })
})
