import type {Field} from '../../presentation/blocks.js'
import type {Line} from '../../presentation/text.js'
import {lineWidth} from './paint.js'

const labelWidth = 12
const between = '  '

/** Labelled items, as on a command's screen, as lines of the dashboard. */
export function fieldLines(fields: readonly Field[], width: number): Line[] {
  return fields.flatMap(own => linesOf(own, width))
}

/** Items stand side by side while there is room; further lines begin below the first item. */
function linesOf({label, rows}: Field, width: number): Line[] {
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
