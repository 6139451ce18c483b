import type {Line} from '../../presentation/text.js'
import {keyLabel, specOf} from '../keys/actions.js'
import type {Offered} from '../keys/key-router.js'
import {lineWidth} from '../kit/paint.js'

/** The keys that matter now, as many as there is room for. */
export function footerLine(offered: readonly Offered[], width: number): Line {
  const worthy = offered
    .filter(({id, off}) => off === undefined && specOf(id).footer !== undefined)
    .toSorted((a, b) => (specOf(b.id).footer ?? 0) - (specOf(a.id).footer ?? 0))
  const line: Line[number][] = []
  for (const {id, label} of worthy) {
    const {keys} = specOf(id)
    const item: Line = [
      {text: ` ${keyLabel(keys[0] ?? '')}`, tone: 'busy'},
      {text: ` ${label} `, tone: 'calm'},
    ]
    if (lineWidth(line) + lineWidth(item) > width) break
    line.push(...item)
  }
  return line
}
