import {expect, it} from 'vitest'
import type {BoardBank, ClusterBoard} from '../../src/operations/board/cluster-board.js'
import {clusterScreen} from '../../src/presentation/status.js'

const missing = {available: false, error: {code: 'timeout', message: 'no answer'}} as const

function bank(name: string, state: Partial<BoardBank>): BoardBank {
  return {
    name,
    types: [],
    publishedRelease: null,
    visibility: 'public',
    lastUpdate: null,
    work: null,
    failed: false,
    ...state,
  }
}

function banksFact(banks: BoardBank[]): string {
  const unknown = {
    services: missing,
    maintenance: missing,
    queue: missing,
    daemons: missing,
    locks: missing,
    key: missing,
  }
  const board: ClusterBoard = {...unknown, banks: {available: true, value: banks}}
  const [overview] = clusterScreen({cluster: 'here', ...board}, {attentionFirst: false})
  if (overview?.kind !== 'fields') throw new Error('no facts come first')
  const rows = overview.fields.find(({label}) => label === 'Banks')?.rows ?? []
  return rows
    .flat(2)
    .map(({text}) => text)
    .join(' ')
}

it('counts banks of which somebody cancelled the last run apart from those that failed', () => {
  const banks = [bank('a', {failed: true}), bank('b', {failed: true, cancelled: true}), bank('c', {})]
  expect(banksFact(banks)).toContain('1 failed')
  expect(banksFact(banks)).toContain('1 cancelled')
  expect(banksFact([bank('a', {failed: true})])).not.toContain('cancelled')
})
