import type {Block, Field} from '../../presentation/blocks.js'
import type {Line, Span} from '../../presentation/text.js'
import {sanitise} from '../../shared/sanitise.js'
import type {Io} from '../io.js'
import {renderRows} from './table.js'
import {paintSpan} from './tones.js'
import {widthOf} from '../../shared/width.js'

const labelWidth = 13
const between = '  '

/** A screen as text: blocks one below the other. All that came from the cluster is made safe here. */
export function renderBlocks(io: Io, blocks: readonly Block[]): string {
  return blocks.map(block => renderBlock(io, block)).join('\n\n')
}

function renderBlock(io: Io, block: Block): string {
  if (block.kind === 'table') return renderRows(io, block.table, {indent: block.indent ?? 0})
  if (block.kind === 'lines') return block.lines.map(line => renderLine(io, line)).join('\n')
  return block.fields.map(field => renderField(io, field)).join('\n')
}

function renderLine(io: Io, line: Line): string {
  return line.map(span => paintSpan(io, span)).join('')
}

/** Items stand side by side while there is room; further lines begin below the first item. */
function renderField(io: Io, {label, rows}: Field): string {
  const lines = rows.flatMap(items => flow(io, items, io.columns - labelWidth))
  return lines
    .map((line, index) => (index === 0 ? io.paint('bold', label.padEnd(labelWidth)) : ' '.repeat(labelWidth)) + line)
    .map(line => line.trimEnd())
    .join('\n')
}

function flow(io: Io, items: readonly Line[], columns: number): string[] {
  const lines: string[] = []
  let room = 0
  for (const item of items.flatMap(item => wrap(item, columns))) {
    const width = widthOf(textOf(item))
    const last = lines.at(-1)
    if (last !== undefined && width + between.length <= room) {
      lines[lines.length - 1] = last + between + renderLine(io, item)
      room -= between.length + width
    } else {
      lines.push(renderLine(io, item))
      room = columns - width
    }
  }
  return lines
}

/** Breaks a line that is too long between words. */
function wrap(line: Line, columns: number): Line[] {
  if (widthOf(textOf(line)) <= columns) return [line]
  const lines: Span[][] = [[]]
  let room = columns
  for (const {text, tone} of line) {
    for (const word of sanitise(text).split(/(?<= )(?=[^ ])/)) {
      const width = widthOf(word.trimEnd())
      if (width > room && room < columns) {
        lines.push([])
        room = columns
      }
      lines.at(-1)?.push({text: word, tone})
      room -= widthOf(word)
    }
  }
  return lines
}

function textOf(line: Line): string {
  return line.map(({text}) => sanitise(text)).join('')
}
