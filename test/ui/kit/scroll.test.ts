import {describe, expect, it} from 'vitest'
import {scrolled, type ScrollPlace, type ScrollRoom} from '../../../src/ui/kit/scroll.js'

// Two lines can be selected, and much comes after them.
const room: ScrollRoom = {total: 30, height: 10, rows: [4, 5]}
const top: ScrollPlace = {offset: 0, index: 0}

function pressed(keys: ReadonlyArray<Parameters<typeof scrolled>[0]>, from = top): ScrollPlace {
  return keys.reduce((place, key) => scrolled(key, place, room), from)
}

describe('a page with lines to select', () => {
  it('moves the selection, then scrolls to its end', () => {
    expect(pressed(['down'])).toEqual({offset: 0, index: 1})
    expect(pressed(['down', 'down'])).toEqual({offset: 1, index: 1})
    expect(pressed(Array.from({length: 50}, () => 'down' as const))).toEqual({offset: 20, index: 1})
  })

  it('scrolls back to the selected line before it moves it', () => {
    const end: ScrollPlace = {offset: 20, index: 1}
    expect(pressed(['up'], end)).toEqual({offset: 19, index: 1})
    expect(
      pressed(
        Array.from({length: 15}, () => 'up' as const),
        end,
      ),
    ).toEqual({offset: 5, index: 1})
    expect(
      pressed(
        Array.from({length: 16}, () => 'up' as const),
        end,
      ),
    ).toEqual({offset: 4, index: 0})
    expect(
      pressed(
        Array.from({length: 50}, () => 'up' as const),
        end,
      ),
    ).toEqual(top)
  })

  it('goes by pages and to both ends', () => {
    expect(pressed(['pageDown']).offset).toBe(9)
    expect(pressed(['bottom']).offset).toBe(20)
    expect(pressed(['bottom', 'pageUp']).offset).toBe(11)
    expect(pressed(['down', 'bottom', 'top'])).toEqual(top)
  })

  it('does not move where all is on screen', () => {
    const small: ScrollRoom = {total: 8, height: 10, rows: []}
    for (const key of ['up', 'down', 'pageUp', 'pageDown', 'bottom'] as const)
      expect(scrolled(key, {offset: 0, index: -1}, small)).toEqual({offset: 0, index: -1})
  })
})
