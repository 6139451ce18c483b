import {describe, expect, it} from 'vitest'
import type {FeedSnapshot} from '../../../src/ui/data/feed.js'
import {headerLine} from '../../../src/ui/frame/header.js'
import {lineWidth} from '../../../src/ui/kit/paint.js'

const feed: FeedSnapshot = {
  connection: {state: 'live'},
  paused: false,
  intervalMs: 2000,
  pauseMs: 2000,
  known: new Map(),
}

function header(width: number, readOnly: boolean): string {
  const cluster = {name: 'prod', url: 'https://biomaj.example.org/', user: 'ada', readOnly}
  return headerLine({cluster, feed, stack: [], nowMs: 0}, width)
    .map(({text}) => text)
    .join('')
}

describe('the top line', () => {
  it.each([
    [100, '● live'],
    [80, 'https://biomaj.example.org/'],
    [60, ' BioMAJ  prod  ada  READ-ONLY'],
    [40, ' prod  ada  READ-ONLY'],
    [35, ' prod  READ-ONLY'],
    [30, ' READ-ONLY'],
    [18, '● live'],
  ])('tells what matters most in %i cells', (width, text) => {
    expect(header(width, true)).toContain(text)
    expect(header(width, true).length).toBeLessThanOrEqual(Math.max(width, '● live, every 2s'.length))
  })

  it('ends one cell before the edge, at every width', () => {
    for (let width = 20; width <= 200; width++) {
      expect(lineWidth([{text: header(width, false)}])).toBeLessThanOrEqual(width - 1)
    }
  })

  it('says nothing of reading only where one may write', () => {
    expect(header(120, false)).not.toContain('READ-ONLY')
  })
})
