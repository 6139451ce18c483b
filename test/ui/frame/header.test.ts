import {describe, expect, it} from 'vitest'
import {type FeedSnapshot, partsOf} from '../../../src/ui/data/feed.js'
import {boardSource} from '../../../src/ui/data/sources.js'
import {bannerLine, breadcrumbLine, headerLine} from '../../../src/ui/frame/header.js'
import {summaryLine} from '../../../src/ui/frame/summary-line.js'
import {lineWidth} from '../../../src/ui/kit/paint.js'

const feed: FeedSnapshot = {
  connection: {state: 'live'},
  paused: false,
  intervalMs: 2000,
  pauseMs: 2000,
  unansweredSinceMs: undefined,
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

const textOf = (line: ReturnType<typeof bannerLine>) => line?.map(({text}) => text).join('')

describe('a cluster that hangs', () => {
  const hanging: FeedSnapshot = {
    ...feed,
    unansweredSinceMs: 10_000,
    known: new Map([['board', {...partsOf(feed, boardSource), queue: {value: 1, atMs: 8000, error: undefined}}]]),
  }

  it('is not called live', () => {
    const cluster = {name: 'prod', url: 'https://biomaj.example.org/', user: 'ada', readOnly: false}
    const text = textOf(headerLine({cluster, feed: hanging, stack: [], nowMs: 15_000}, 80))
    expect(text).toContain('! no answer for 5s')
    expect(text).not.toContain('live')
  })

  it('has a banner after three intervals', () => {
    expect(bannerLine(hanging, 15_999)).toBeUndefined()
    expect(textOf(bannerLine(hanging, 16_000))).toBe(' ! The cluster was asked, and does not answer. All below is old.')
  })
})

describe('a key that the cluster does not know', () => {
  const error = {code: 'key_invalid', message: 'The cluster does not know your key'} as const
  const anonymous: FeedSnapshot = {...feed, connection: {state: 'refused', error}}

  it('is told of in the top line of all views', () => {
    const cluster = {name: 'prod', url: 'https://biomaj.example.org/', user: 'ada', readOnly: false}
    const text = textOf(headerLine({cluster, feed: anonymous, stack: [], nowMs: 0}, 80))
    expect(text).toMatch(/✗ key not known$/)
  })

  it('is told of in the one line of a tiny terminal', () => {
    expect(textOf(summaryLine(partsOf(anonymous, boardSource), anonymous))).toBe('✗ key not known')
  })
})

describe('the banner of a key that is refused', () => {
  it('says what to do, in the width of a usual terminal', () => {
    const error = {code: 'key_invalid', message: 'The cluster does not know your key'} as const
    const banner = bannerLine({...feed, connection: {state: 'refused', error}}, 0)
    expect(textOf(banner)).toBe(' ✗ The cluster does not know your key. Asking stopped: `biomaj login`, then r.')
    expect(lineWidth(banner ?? [])).toBeLessThanOrEqual(80)
  })
})

describe('the banner of a cluster that was never reached', () => {
  it('does not speak of what was known', () => {
    const error = {code: 'unreachable', message: 'Cannot reach it'} as const
    const lost: FeedSnapshot = {...feed, connection: {state: 'lost', error, sinceMs: 0, retryAtMs: 0}}
    expect(textOf(bannerLine(lost, 0))).toBe(' ✗ Cannot reach it.')
  })
})

describe('the breadcrumb', () => {
  const stack = [{view: 'overview'}, {view: 'banks'}, {view: 'bank', bank: 'alu'}, {view: 'history'}] as const

  it.each([
    [80, ' Overview › Banks › alu › History'],
    [30, ' … › Banks › alu › History'],
    [20, ' … › alu › History'],
    [10, ' … › History'],
  ])('names where one is, at %i cells', (width, text) => {
    expect(textOf(breadcrumbLine(stack, width))).toBe(text)
  })

  it('is one word at the beginning', () => {
    expect(textOf(breadcrumbLine([{view: 'overview'}], 5))).toBe(' Overview')
  })
})

describe('the user in the top line', () => {
  const told = {value: {id: 'jane', email: null, admin: false}, atMs: 0, error: undefined}

  it('is the one of the context, or whom the cluster names for the key', () => {
    expect(top({user: 'ada'})).toContain('  ada  ')
    const known = new Map([['board', {...partsOf(feed, boardSource), caller: told}]])
    expect(top({user: undefined, keyVariable: 'BIOMAJ_APIKEY'}, known)).toContain('  jane  ')
  })

  it('is unknown for a key of the environment of which the cluster tells nothing, and nobody without a key', () => {
    expect(top({user: undefined, keyVariable: 'BIOMAJ_APIKEY'})).toContain('  key from BIOMAJ_APIKEY  ')
    expect(top({user: undefined})).toContain('  no user  ')
  })
})

function top(who: {user: string | undefined; keyVariable?: string}, known: FeedSnapshot['known'] = new Map()) {
  const cluster = {name: 'prod', url: 'https://biomaj.example.org/', readOnly: false, ...who}
  return textOf(headerLine({cluster, feed: {...feed, known}, stack: [], nowMs: 0}, 120))
}
