import {isDeepStrictEqual} from 'node:util'
import * as fc from 'fast-check'
import {expect, it} from 'vitest'
import {isSameData} from '../../src/shared/same-data.js'

// Few values, so that equal ones are met often.
const few = fc.letrec(tie => ({
  value: fc.oneof(
    {maxDepth: 3},
    fc.constantFrom<unknown>(null, undefined, 0, -0, Number.NaN, 'a', 'b', true),
    fc.array(tie('value'), {maxLength: 2}),
    fc.dictionary(fc.constantFrom('x', 'y'), tie('value'), {maxKeys: 2, noNullPrototype: true}),
    fc.constantFrom(new Set(['a']), new Set(['b']), new Date(0), new Date(1)),
  ),
})).value

it('says what Node says of any two values', () => {
  fc.assert(
    fc.property(few, few, (one, other) => {
      expect(isSameData(one, other)).toBe(isDeepStrictEqual(one, other))
      expect(isSameData(one, structuredClone(one))).toBe(true)
    }),
    {numRuns: 2000},
  )
})
