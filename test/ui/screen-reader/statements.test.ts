import {describe, expect, it} from 'vitest'
import type {BoardBank} from '../../../src/operations/board/cluster-board.js'
import {keep, nothingYet} from '../../../src/ui/data/kept.js'
import type {KeptParts} from '../../../src/ui/data/source.js'
import type {Board} from '../../../src/ui/data/sources.js'
import {allOf, newsOf, statementsOf} from '../../../src/ui/screen-reader/statements.js'

const known = <T>(value: T) => keep<T>(nothingYet, {available: true, value}, 0)

function aBank(name: string, changes: Partial<BoardBank> = {}): BoardBank {
  return {
    name,
    types: [],
    publishedRelease: '1',
    visibility: 'public',
    lastUpdate: {serverLocal: '2026-01-15 11:00:00'},
    failed: false,
    work: null,
    ...changes,
  }
}

function aBoard(changes: Partial<KeptParts<Board>> = {}): KeptParts<Board> {
  return {
    services: known([
      {name: 'biomaj-redis', state: 'up', count: 1, instances: [{host: 'a', up: true}]},
      {name: 'biomaj-daemon', state: 'partly', count: 2, instances: []},
    ]),
    maintenance: known(false),
    queue: known({depth: 1, waiting: ['hal']}),
    daemons: known([{daemon: 'd1', bank: 'alu', action: 'update', step: 'download' as const}]),
    locks: known({locks: [{bank: 'old', state: 'stale' as const}], runningWithoutLock: []}),
    banks: known([aBank('alu', {work: 'update'}), aBank('pfam'), aBank('silva', {failed: true})]),
    key: known('valid' as const),
    jobs: known(null),
    caller: known(null),
    ...changes,
  }
}

describe('what is said', () => {
  it('is all that is not as usual, in words', () => {
    const texts = allOf(statementsOf(aBoard()))
    expect(texts).toMatchInlineSnapshot(`
      [
        "Maintenance is off.",
        "The queue: 1 waiting, hal.",
        "Daemon d1: update of alu, step download.",
        "Service daemon: partly up.",
        "Bank old is locked, but no daemon works on it.",
        "Bank alu: updating, last updated 2026-01-15 11:00:00 server time.",
        "Bank silva: failed, last updated 2026-01-15 11:00:00 server time.",
        "3 banks: 1 updating, 1 ok, 1 failed.",
        "1 other service as usual.",
      ]
    `)
    expect(texts.join('')).toMatch(/^[\x20-\x7E]*$/)
  })

  it('is nothing when nothing changed', () => {
    expect(newsOf(statementsOf(aBoard()), statementsOf(aBoard()))).toEqual([])
  })

  it('is what is new, what is well again and what is gone', () => {
    const later = aBoard({
      queue: known({depth: 0, waiting: []}),
      daemons: known([]),
      locks: known({locks: [], runningWithoutLock: []}),
      banks: known([aBank('alu'), aBank('pfam')]),
    })
    expect(newsOf(statementsOf(aBoard()), statementsOf(later))).toMatchInlineSnapshot(`
      [
        "The queue is empty.",
        "Bank alu: ok, last updated 2026-01-15 11:00:00 server time.",
        "2 banks: 2 ok.",
        "Daemon d1 is gone.",
        "Bank old: its lock is in order again.",
        "Bank silva is gone.",
      ]
    `)
  })

  it('tells which part is not known, and when it is again', () => {
    const broken = aBoard({
      locks: {...aBoard().locks, error: {code: 'server_error', message: 'HTTP 500'} as never},
    })
    expect(newsOf(statementsOf(aBoard()), statementsOf(broken))).toEqual(['Locks: not known now, HTTP 500.'])
    expect(newsOf(statementsOf(broken), statementsOf(aBoard()))).toEqual(['Locks: known again.'])
  })
})
