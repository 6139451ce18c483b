import type {Line, Span} from '../../presentation/text.js'
import {type ActionSpec, keyLabel, specOf} from '../keys/actions.js'
import type {Offered} from '../keys/key-router.js'
import {truncate, widthOf} from '../../shared/width.js'
import {lineWidth} from '../kit/paint.js'

const groupTitles: Readonly<Record<ActionSpec['group'], string>> = {
  list: 'List',
  log: 'Log',
  bank: 'Bank',
  cluster: 'Cluster',
  'go to': 'Go to',
  move: 'Move',
  board: 'Board',
  dialog: 'Dialog',
}

const narrowestPair = 76
const gap = 2

/** All keys that do something now, by group; with the reason where one is off. Two columns where there is room. */
export function helpLines(offered: readonly Offered[], width: number): Line[] {
  const byGroup = Map.groupBy(offered, ({id}) => specOf(id).group)
  const groups = (Object.keys(groupTitles) as Array<ActionSpec['group']>).flatMap(group => {
    const own = byGroup.get(group)
    return own === undefined ? [] : [{group, offered: own}]
  })
  const sections = (columnWidth: number) => groups.map(({group, offered: own}) => sectionLines(group, own, columnWidth))
  if (width < narrowestPair) return sections(width).flat().slice(0, -1)
  const columnWidth = Math.floor((width - gap) / 2)
  const [left, right] = halves(sections(columnWidth))
  return Array.from({length: Math.max(left.length, right.length) - 1}, (_, index) => [
    ...padded(left[index] ?? [], columnWidth + gap),
    ...(right[index] ?? []),
  ])
}

function sectionLines(group: ActionSpec['group'], own: readonly Offered[], width: number): Line[] {
  const labels = own.map(({id}) =>
    specOf(id)
      .keys.map(key => keyLabel(key))
      .join(' '),
  )
  const keysWidth = Math.max(...labels.map(label => widthOf(label)))
  return [
    [{text: groupTitles[group], tone: 'title'}],
    ...own.map(({off, label}, index): Line => {
      const row: Span[] = [
        {text: (labels[index] ?? '').padEnd(keysWidth), tone: 'busy'},
        {text: '  '},
        {text: label, tone: off === undefined ? undefined : 'calm'},
      ]
      if (off === undefined) return row
      const room = width - lineWidth(row) - 2
      return room < 6 ? row : [...row, {text: `  ${truncate(off, room)}`, tone: 'worry'}]
    }),
    [],
  ]
}

function padded(content: Line, width: number): Line {
  return [...content, {text: ' '.repeat(Math.max(0, width - lineWidth(content)))}]
}

/** Sections in two columns of about the same height. */
function halves(sections: readonly Line[][]): [Line[], Line[]] {
  const total = sections.reduce((sum, lines) => sum + lines.length, 0)
  let sum = 0
  const at = sections.findIndex(lines => (sum += lines.length) >= total / 2)
  return [sections.slice(0, at + 1).flat(), sections.slice(at + 1).flat()]
}
