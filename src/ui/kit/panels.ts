import {line, type Line} from '../../presentation/text.js'
import {lineWidth} from './paint.js'

/** A titled piece of a screen. */
export interface Panel {
  title: string
  /** At the right of the title: how old it is, or that it could not be read. */
  note: Line
  lines: readonly Line[]
}

const gap = 2
const narrowestPair = 100

/**
 * Panels as lines of a screen: below each other, or in two columns where there is room. A panel that must be cut says how
 * many lines it keeps back.
 */
export function layoutPanels(panels: readonly Panel[], {width, height}: {width: number; height: number}): Line[] {
  if (width < narrowestPair) return stacked(panels, {width, height})
  const [left, right] = halves(panels)
  const leftWidth = Math.floor((width - gap) / 2)
  const rightWidth = width - gap - leftWidth
  const lefts = stacked(left, {width: leftWidth, height})
  const rights = stacked(right, {width: rightWidth, height})
  return Array.from({length: Math.max(lefts.length, rights.length)}, (_, index) => [
    ...fill(lefts[index] ?? [], leftWidth),
    {text: ' '.repeat(gap)},
    ...(rights[index] ?? []),
  ])
}

/** Cuts the last span at the width, so that a second column begins where it should. */
function fill(content: Line, width: number): Line {
  let room = width
  const kept = content.flatMap(span => {
    const text = span.text.length > room ? `${span.text.slice(0, Math.max(0, room - 1))}…` : span.text
    if (room <= 0) return []
    room -= lineWidth([{text}])
    return [{...span, text}]
  })
  return room > 0 ? [...kept, {text: ' '.repeat(room)}] : kept
}

function stacked(panels: readonly Panel[], {width, height}: {width: number; height: number}): Line[] {
  const shares = shareOut(
    panels.map(({lines}) => lines.length),
    height - panels.length * 2 + 1,
  )
  return panels.flatMap((panel, index) => {
    const share = shares[index] ?? 0
    if (share === 0 && panel.lines.length > 0) return []
    return [
      titleLine(panel, width),
      ...shortened(panel.lines, share),
      ...(index === panels.length - 1 ? [] : [line('')]),
    ]
  })
}

function shortened(lines: readonly Line[], room: number): Line[] {
  if (lines.length <= room) return [...lines]
  return [...lines.slice(0, room - 1), line({text: `  … ${lines.length - room + 1} more`, tone: 'calm'})]
}

/** Everybody gets what it wants while there is enough; then those that want most give way. */
function shareOut(wanted: readonly number[], room: number): number[] {
  const shares = [...wanted]
  const total = () => shares.reduce((sum, share) => sum + share, 0)
  while (total() > Math.max(0, room)) {
    const most = Math.max(...shares)
    if (most === 0) break
    shares[shares.lastIndexOf(most)] = most - 1
  }
  return shares
}

function titleLine({title, note}: Panel, width: number): Line {
  const rule = Math.max(1, width - title.length - lineWidth(note) - 4)
  return [{text: `${title} `, tone: 'title'}, {text: `${'─'.repeat(rule)} `, tone: 'calm'}, ...note, {text: ' '}]
}

/** Panels in two columns of about the same height, in their order. */
function halves(panels: readonly Panel[]): [Panel[], Panel[]] {
  const heights = panels.map(({lines}) => lines.length + 2)
  const all = heights.reduce((sum, height) => sum + height, 0)
  let sum = 0
  const at = heights.findIndex(height => (sum += height) >= all / 2)
  return [panels.slice(0, at + 1), panels.slice(at + 1)]
}
