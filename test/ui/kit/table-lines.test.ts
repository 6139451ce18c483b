import {describe, expect, it} from 'vitest'
import {releaseColumns} from '../../../src/presentation/releases.js'
import type {Column} from '../../../src/presentation/columns.js'
import type {Line} from '../../../src/presentation/text.js'
import {lineWidth} from '../../../src/ui/kit/paint.js'
import {sorted} from '../../../src/ui/kit/sorted.js'
import {tableLines} from '../../../src/ui/kit/table-lines.js'

interface Fruit {
  name: string
  price: number
  origin: string
}

const columns: ReadonlyArray<Column<Fruit>> = [
  {title: 'NAME', cell: ({name}) => name},
  {title: 'PRICE', cell: ({price}) => `${price} ct`, order: ({price}) => price, align: 'right'},
  {title: 'ORIGIN', cell: ({origin}) => origin},
]

const fruits: Fruit[] = [
  {name: 'apple', price: 9, origin: 'from the trees behind the house'},
  {name: 'banana', price: 100, origin: 'from far away'},
]

const textOf = (line: Line) => line.map(({text}) => text).join('')

function firstRow(shown: typeof columns, width: number): string {
  return textOf(tableLines({columns: shown, items: fruits, width}).rows[0] ?? [])
}

describe('a table', () => {
  it('takes what it needs where there is room', () => {
    const {title, rows} = tableLines({columns, items: fruits, width: 80})
    expect([title, ...rows].map(textOf)).toEqual([
      'NAME     PRICE  ORIGIN',
      'apple     9 ct  from the trees behind the house',
      'banana  100 ct  from far away',
    ])
  })

  it.each([10, 14, 20, 25, 30, 40, 50])('never exceeds %i cells', width => {
    const {title, rows} = tableLines({columns, items: fruits, width})
    for (const line of [title, ...rows]) expect(lineWidth(line)).toBeLessThanOrEqual(width)
  })

  it('cuts the widest column, then leaves out the last one', () => {
    expect(firstRow(columns, 30)).toBe('apple     9 ct  from the tree…')
    expect(firstRow(columns, 24)).toBe('apple     9 ct')
  })

  it('leaves a column that must be whole as it is, or leaves it out', () => {
    const whole = columns.map(column => (column.title === 'ORIGIN' ? {...column, whole: true} : column))
    expect(firstRow(whole, 47)).toBe('apple     9 ct  from the trees behind the house')
    expect(firstRow(whole, 46)).toBe('apple     9 ct')
  })

  it('keeps its columns where they were while other rows come into view', () => {
    const before = tableLines({columns, items: fruits, width: 80})
    const after = tableLines({columns, items: fruits.slice(0, 1), width: 80, atLeast: before.natural})
    expect(after.rows).toEqual(before.rows.slice(0, 1))
  })

  it('does not move when it is sorted', () => {
    const before = tableLines({columns, items: fruits, width: 80})
    const after = tableLines({columns, items: fruits, width: 80, sort: {column: 'NAME', descending: true}})
    expect(after.rows).toEqual(before.rows)
    expect(textOf(after.title)).toBe('NAME↓    PRICE  ORIGIN')
  })

  it('counts the cells of wide characters, and lets nothing through that a terminal obeys', () => {
    const items = [{name: '漢字\u001B[2J', price: 1, origin: 'x\ny'}]
    expect(tableLines({columns, items, width: 80}).rows.map(textOf)).toEqual(['漢字     1 ct  x y'])
  })
})

describe('sorting', () => {
  it('goes by what the column orders by, not by how it reads', () => {
    for (const [descending, names] of [
      [false, ['apple', 'banana']],
      [true, ['banana', 'apple']],
    ] as const)
      expect(sorted(fruits, columns, {column: 'PRICE', descending}).map(({name}) => name)).toEqual(names)
  })

  it('leaves equals in their order, both ways', () => {
    const equals = [1, 2, 3].map(price => ({name: 'same', price, origin: ''}))
    for (const descending of [false, true])
      expect(sorted(equals, columns, {column: 'NAME', descending}).map(({price}) => price)).toEqual([1, 2, 3])
  })
})

describe('a table of releases', () => {
  it('leaves out the directory before it cuts whether a release is frozen', () => {
    const release = {
      release: '2020-11-26',
      remoteRelease: '2020-11-26',
      published: true,
      frozen: true,
      sizeBytes: null,
      formats: ['fasta'],
      session: null,
      directory: '/data/alu/alu_2020-11-26',
    }
    for (let width = 40; width <= 100; width++) {
      const {rows} = tableLines({columns: releaseColumns([release]), items: [release], width})
      expect(rows.map(textOf)[0]).toContain('● published, frozen')
    }
  })
})
