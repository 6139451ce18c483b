import {stripVTControlCharacters} from 'node:util'
import {describe, expect, it} from 'vitest'
import {layoutPanels, type Panel, paintRows, selectableLines} from '../../../src/ui/kit/panels.js'
import {Painter} from '../../../src/ui/kit/paint.js'

const painter = new Painter({color: false})

function panel(title: string, lines: number, side: Panel['side'] = 'left'): Panel {
  return {
    title,
    note: [{text: '<4s'}],
    side,
    opens: {view: 'banks'},
    lines: Array.from({length: lines}, (_, index) => ({
      content: [{text: `${title} ${index}`}],
      id: `${title} ${index}`,
      opens: {view: 'queue'},
    })),
  }
}

const textOf = (panels: readonly Panel[], room: {width: number; height?: number}) =>
  paintRows(layoutPanels(panels, room), painter, undefined).map(row => stripVTControlCharacters(row))

describe('panels', () => {
  it('stand below each other, with a line between', () => {
    expect(textOf([panel('a', 1), panel('b', 2)], {width: 20, height: 10})).toEqual([
      ' a ──────────── <4s ',
      '   a 0',
      '',
      ' b ──────────── <4s ',
      '   b 0',
      '   b 1',
    ])
  })

  it('stand in two columns where there is room', () => {
    const [title, first] = textOf([panel('a', 1), panel('b', 2, 'right')], {width: 100, height: 10})
    expect(title).toMatch(/^ a ─+ <4s {4}b ─+ <4s $/)
    expect(first).toMatch(/^ {3}a 0 {48}b 0$/)
  })

  it('give up the lines between them first, then the longest gives way and says how much it keeps back', () => {
    expect(textOf([panel('a', 1), panel('b', 2)], {width: 20, height: 5})).toHaveLength(5)
    const rows = textOf([panel('a', 1), panel('b', 9)], {width: 20, height: 7})
    expect(rows).toHaveLength(7)
    expect(rows.at(-1)).toBe('   … 6 more')
    expect(rows).toContain('   a 0')
  })

  it.each([1, 2, 3, 4, 5, 8, 12])('fit into %i rows, or show their titles at least', height => {
    const rows = layoutPanels([panel('a', 5), panel('b', 9)], {width: 20, height})
    expect(rows.length).toBeLessThanOrEqual(Math.max(2, height))
  })

  it('are as long as they are without a height', () => {
    expect(layoutPanels([panel('a', 50), panel('b', 50)], {width: 20})).toHaveLength(103)
  })

  it('offer what is on screen for selection, column by column, and what leads to the rest', () => {
    const rows = layoutPanels([panel('a', 2), panel('b', 9, 'right')], {width: 100, height: 4})
    const lines = selectableLines(rows)
    expect(lines.map(({id}) => id)).toEqual(['a 0', 'a 1', 'b 0', 'b 1', 'more b'])
    expect(lines.at(-1)?.opens).toEqual({view: 'banks'})
  })

  it('mark the selected line alone, in its own column', () => {
    const rows = layoutPanels([panel('a', 1), panel('b', 1, 'right')], {width: 100, height: 4})
    const [, row = ''] = paintRows(rows, painter, 'a 0')
    const [inverse, rest] = row.split('\u001B[27m')
    expect(inverse).toBe(`\u001B[7m${' › a 0'.padEnd(49)}`)
    expect(rest).toBe(`${' '.repeat(5)}b 0`)
  })
})
