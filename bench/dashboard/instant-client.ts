import type {BiomajClient} from '../../src/api/client.js'
import type {BankSummary} from '../../src/api/contract/bank.js'
import {BiomajError} from '../../src/shared/errors.js'

/** What the cluster says now; the bench changes it. */
export interface InstantState {
  banks: BankSummary[]
  failed: string[]
  waiting: string[]
}

export function manyBanks(count: number): BankSummary[] {
  return Array.from({length: count}, (_, index) => ({
    name: `bank_${String(index).padStart(5, '0')}`,
    types: ['nucleic', 'protein'].slice(index % 2),
    publishedRelease: `2026-${String((index % 12) + 1).padStart(2, '0')}`,
    visibility: index % 9 === 0 ? 'private' : 'public',
    lastUpdate: {serverLocal: '2026-11-20 03:00:12'},
  }))
}

/** A cluster that answers at once and from memory, so that only the dashboard's own work is measured. */
export function instantClient(state: InstantState): BiomajClient {
  const answers: Record<string, Record<string, () => unknown>> = {
    daemon: {
      services: () =>
        ['redis', 'mongo', 'daemon', 'download', 'process', 'user'].map(name => ({
          name: `biomaj-${name}`,
          state: 'up',
          count: 1,
          instances: [{host: '10.0.0.1', up: true}],
        })),
      activity: () => ({
        queueDepth: state.waiting.length,
        waiting: [...state.waiting],
        daemons: [{daemon: 'daemon-1'}],
      }),
      locks: () => ({banks: [], maintenance: false}),
      maintenance: () => false,
    },
    banks: {list: () => [...state.banks], failed: () => [...state.failed]},
    account: {keyState: () => 'valid'},
    additions: {capabilities: () => new Set<string>()},
  }
  const resource = (name: string) =>
    new Proxy({}, {get: (_, method) => async () => answer(answers[name]?.[String(method)])})
  return new Proxy({} as BiomajClient, {
    // Whoever awaits the client asks for `then`.
    get: (_, name) => (name === 'then' ? undefined : resource(String(name))),
  })
}

function answer(known: (() => unknown) | undefined): unknown {
  if (known === undefined) throw new BiomajError({code: 'refused', message: 'The bench does not know this'})
  return known()
}
