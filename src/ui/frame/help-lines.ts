import type {Line, Span} from '../../presentation/text.js'
import {type ActionSpec, keyLabel, specOf} from '../keys/actions.js'
import type {Offered} from '../keys/key-router.js'
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

const keysWidth = 18

function sectionLines(group: ActionSpec['group'], offered: readonly Offered[], width: number): Line[] {
  return [
    [{text: groupTitles[group], tone: 'title'}],
    ...offered.map(({id, off}): Line => {
      const {keys, label} = specOf(id)
      const row: Span[] = [
        {
          text: keys
            .map(key => keyLabel(key))
            .join(' ')
            .padEnd(keysWidth),
          tone: 'busy',
        },
        {text: ' '},
        {text: label, tone: off === undefined ? undefined : 'calm'},
      ]
      if (off === undefined) return row
      const room = width - lineWidth(row) - 2
      return [...row, {text: `  ${off.length > room ? `${off.slice(0, Math.max(0, room - 1))}…` : off}`, tone: 'worry'}]
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
