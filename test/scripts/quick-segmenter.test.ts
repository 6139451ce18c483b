import {assert, constantFrom, property, string} from 'fast-check'
import {describe, expect, it} from 'vitest'
// @ts-expect-error: plain JavaScript, for the bundle
import {quickSegmenter} from '../../scripts/quick-segmenter.js'

const segmenter = (quickSegmenter as () => Intl.Segmenter)()
const thorough = new Intl.Segmenter()

const known = string({
  unit: constantFrom(
    ...Array.from('ab 1;m[\n\u001B'),
    'é',
    '✓',
    '✗',
    '▶',
    '─',
    '█',
    '…',
    '›',
    '●',
    '■',
    '\u0301',
    '\u200D',
    '👩',
    '🇫',
    '漢',
    '\r',
  ),
})

describe('segments', () => {
  it('are those of Intl.Segmenter, whatever the text', () => {
    assert(
      property(known, text => {
        expect([...segmenter.segment(text)].map(({segment, index}) => ({segment, index}))).toEqual(
          [...thorough.segment(text)].map(({segment, index}) => ({segment, index})),
        )
      }),
      {numRuns: 2000},
    )
  })

  it('are found by a place in the text, and none is beyond it', () => {
    expect(segmenter.segment('ab').containing(1)).toEqual(thorough.segment('ab').containing(1))
    expect(segmenter.segment('ab').containing(2)).toBeUndefined()
  })
})
