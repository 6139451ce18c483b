import type {Line} from '../../presentation/text.js'
import {dimmed} from './age.js'
import type {Screen} from '../state/ui-state.js'
import {lineWidth, type Painter} from './paint.js'

/** A line of a panel. With an identity it can be selected. */
export interface PanelLine {
  content: Line
  id?: string | undefined
  /** Where Enter leads. */
  opens?: Screen | undefined
}

/** A titled piece of a screen. */
export interface Panel {
  title: string
  /** At the right of the title: how old it is, or that it could not be read. */
  note: Line
  lines: readonly PanelLine[]
  /** Column, where there is room for two. */
  side: 'left' | 'right'
  /** Where the line about lines that found no room leads. */
  opens?: Screen | undefined
  /** What it shows is late. */
  isOld?: boolean | undefined
}

/** One of the pieces that stand side by side in a row of the screen. */
export interface Piece {
  content: Line
  width: number
  line?: PanelLine | undefined
}

export type ScreenRow = readonly Piece[]

const gap = 2
const narrowestPair = 100
/** Cells before the content of a panel, where the cursor stands. */
export const indent = 3

export function hasTwoColumns(width: number): boolean {
  return width >= narrowestPair
}

/** Cells for the content of a panel on a screen of this width. */
export function contentWidth(width: number): number {
  return (hasTwoColumns(width) ? Math.floor((width - gap) / 2) : width) - indent - 1
}

/**
 * Panels as rows of a screen: below each other, or in two columns where there is room. With a height they are fitted into
 * it: a panel that must be cut says how many lines it keeps back. Without one they are as long as they are.
 */
export function layoutPanels(
  panels: readonly Panel[],
  {width, height}: {width: number; height?: number | undefined},
): ScreenRow[] {
  if (!hasTwoColumns(width)) return stacked(panels, {width, height}).map(piece => [piece])
  const leftWidth = Math.floor((width - gap) / 2)
  const rightWidth = width - gap - leftWidth
  const lefts = stacked(
    panels.filter(({side}) => side === 'left'),
    {width: leftWidth, height},
  )
  const rights = stacked(
    panels.filter(({side}) => side === 'right'),
    {width: rightWidth, height},
  )
  return Array.from({length: Math.max(lefts.length, rights.length)}, (_, index) => [
    lefts[index] ?? {content: [], width: leftWidth},
    {content: [], width: gap},
    rights[index] ?? {content: [], width: rightWidth},
  ])
}

/** Rows ready for the screen; the selected line has the cursor. */
export function paintRows(rows: readonly ScreenRow[], painter: Painter, selected: string | undefined): string[] {
  return rows.map(pieces =>
    pieces
      .map(({content, width, line}, index) => {
        const isSelected = line?.id !== undefined && line.id === selected
        const shown = line === undefined ? content : [{text: isSelected ? ' › ' : '   '}, ...content]
        return painter.row(shown, width, {selected: isSelected, filled: isSelected || index < pieces.length - 1})
      })
      .join(''),
  )
}

/** The lines that can be selected, from top to bottom, column by column. */
export function selectableLines(rows: readonly ScreenRow[]): Array<PanelLine & {id: string; row: number}> {
  const found = rows.flatMap((pieces, row) =>
    pieces.flatMap(({line}, column) => (line?.id === undefined ? [] : [{...line, id: line.id, row, column}])),
  )
  return found.toSorted((a, b) => a.column - b.column || a.row - b.row)
}

function stacked(panels: readonly Panel[], {width, height}: {width: number; height: number | undefined}): Piece[] {
  // Where room is short, the empty lines between panels go first.
  const wanted = panels.reduce((sum, {lines}) => sum + lines.length + 2, -1)
  const between = height === undefined || wanted <= height ? 1 : 0
  const room = height === undefined ? wanted : height - panels.length * (1 + between) + between
  const shares = shareOut(
    panels.map(({lines}) => lines.length),
    room,
  )
  return panels.flatMap((panel, index): Piece[] => {
    const share = shares[index] ?? 0
    return [
      {content: titleLine(panel, width), width},
      ...shortened(panel, share).map(line => ({
        content: panel.isOld === true ? dimmed(line.content) : line.content,
        width,
        line,
      })),
      ...(index === panels.length - 1 || between === 0 ? [] : [{content: [], width}]),
    ]
  })
}

function shortened({title, lines, opens}: Panel, room: number): PanelLine[] {
  if (lines.length <= room) return [...lines]
  if (room <= 0) return []
  const left = lines.length - room + 1
  return [
    ...lines.slice(0, room - 1),
    {content: [{text: `… ${left} more`, tone: 'calm'}], opens, id: opens && `more ${title}`},
  ]
}

/** Everybody gets what it wants while there is enough; then those that want most give way. */
function shareOut(wanted: readonly number[], room: number): number[] {
  const shares = [...wanted]
  let total = shares.reduce((sum, share) => sum + share, 0)
  while (total > Math.max(0, room)) {
    const most = Math.max(...shares)
    if (most === 0) break
    shares[shares.lastIndexOf(most)] = most - 1
    total -= 1
  }
  return shares
}

/** ` Title ────────── note `. */
export function titleLine({title, note}: Pick<Panel, 'title' | 'note'>, width: number): Line {
  const rule = width - lineWidth([{text: title}]) - lineWidth(note) - 4
  return [
    {text: ` ${title} `, tone: 'title'},
    {text: `${'─'.repeat(Math.max(1, rule))} `, tone: 'calm'},
    ...note,
    {text: ' '},
  ]
}
