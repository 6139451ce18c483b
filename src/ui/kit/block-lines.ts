import type {Block, Field} from '../../presentation/blocks.js'
import {line, type Line} from '../../presentation/text.js'
import {sanitise} from '../../shared/sanitise.js'
import {widthOf} from '../../shared/width.js'
import {lineWidth} from './paint.js'

const labelWidth = 12
const between = '  '

/** The blocks of a command's screen as lines of the dashboard. */
export function blockLines(blocks: readonly Block[], width: number): Line[] {
  return blocks.flatMap((block, index) => [...(index === 0 ? [] : [line('')]), ...linesOf(block, width)])
}

function linesOf(block: Block, width: number): Line[] {
  switch (block.kind) {
    case 'lines':
      return [...block.lines]
    case 'fields':
      return block.fields.flatMap(own => fieldLines(own, width))
    case 'table':
      return tableRows(block)
  }
}

/** Items stand side by side while there is room; further lines begin below the first item. */
function fieldLines({label, rows}: Field, width: number): Line[] {
  const lines = rows.flatMap(items => flowed(items, width - labelWidth))
  return lines.map((content, index) => [
    {text: (index === 0 ? label : '').padEnd(labelWidth), tone: 'calm'},
    ...content,
  ])
}

/** Items side by side, in as few lines as there is room for. */
export function flowed(items: readonly Line[], width: number): Line[] {
  const lines: Line[] = []
  for (const item of items) {
    const last = lines.at(-1)
    const fits = last !== undefined && lineWidth(last) + between.length + lineWidth(item) <= width
    if (fits) lines[lines.length - 1] = [...last, {text: between}, ...item]
    else lines.push(item)
  }
  return lines
}

/** Items in columns of equal width, read row by row. */
export function grid(items: readonly Line[], width: number): Line[] {
  const widest = Math.max(1, ...items.map(lineWidth)) + between.length
  const across = Math.max(1, Math.floor((width + between.length) / widest))
  return Array.from({length: Math.ceil(items.length / across)}, (_, row) =>
    items
      .slice(row * across, (row + 1) * across)
      .flatMap(item => [...item, {text: ' '.repeat(Math.max(0, widest - lineWidth(item)))}]),
  )
}

function tableRows({table: {columns, rows}}: Extract<Block, {kind: 'table'}>): Line[] {
  const widths = columns.map(({title}, index) =>
    rows.reduce((most, row) => Math.max(most, widthOf(sanitise(row[index]?.text ?? ''))), widthOf(title)),
  )
  const padded = (text: string, index: number) => {
    const safe = sanitise(text)
    const padding = ' '.repeat(Math.max(0, (widths[index] ?? 0) - widthOf(safe)))
    return columns[index]?.align === 'right' ? `${padding}${safe}${between}` : `${safe}${padding}${between}`
  }
  return [
    columns.map(({title}, index) => ({text: padded(title, index), tone: 'calm' as const})),
    ...rows.map(row => row.map((span, index) => ({...span, text: padded(span.text, index)}))),
  ]
}
