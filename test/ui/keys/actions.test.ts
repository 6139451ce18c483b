import {describe, expect, it} from 'vitest'
import {type ActionId, actionIds, type ActionSpec, specOf} from '../../../src/ui/keys/actions.js'

// What can lie on one layer, or on layers of which one would hide the other's keys.
const together: ReadonlyArray<{name: string; ids: readonly ActionId[]}> = [
  {name: 'a list', ids: ofGroups('move', 'go to', 'list', 'bank', 'cluster', 'board')},
  {name: 'a log', ids: ofGroups('move', 'go to', 'log', 'bank', 'cluster', 'board')},
  {name: 'a form', ids: [...ofGroups('dialog'), 'copyCommand']},
  {name: 'a picker', ids: ['accept', 'dismiss', 'up', 'down', 'pageUp', 'pageDown']},
  {name: 'the help', ids: ['dismiss', 'help', 'up', 'down', 'pageUp', 'pageDown', 'top', 'bottom']},
]

function ofGroups(...groups: Array<ActionSpec['group']>): ActionId[] {
  return actionIds.filter(id => groups.includes(specOf(id).group))
}

describe('the table of keys', () => {
  it.each(together)('has no key for two things in $name', ({ids}) => {
    const keys = ids.flatMap(id => specOf(id).keys.map(key => ({key, id})))
    const double = [...Map.groupBy(keys, ({key}) => key)].filter(([, uses]) => uses.length > 1)
    expect(double.map(([key, uses]) => `${key}: ${uses.map(({id}) => id).join(', ')}`)).toEqual([])
  })

  it('has a key for everything', () => {
    expect(actionIds.filter(id => specOf(id).keys.length === 0)).toEqual([])
  })

  it('asks for a name before whatever takes something away', () => {
    const severe = actionIds.filter(id => specOf(id).danger === 'severe')
    expect(severe).toEqual(['cancel', 'unpublish', 'remove', 'removePending', 'maintenance'])
  })
})
