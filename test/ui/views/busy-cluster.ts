import {
  aBank,
  aRelease,
  type ScriptedCluster,
  type ScriptedClusterOptions,
  startScriptedCluster,
} from '../../support/scripted-cluster/index.js'
import {generalServices, type RunStatus, updateFlow} from '../../support/scripted-cluster/state.js'

export const now = new Date('2026-11-21T12:00:00Z')
const nowSeconds = now.getTime() / 1000

/** Steps before `at` are over; that one is under way, or failed. */
function runAt(at: (typeof updateFlow)[number], failed = false): RunStatus {
  const index = updateFlow.indexOf(at)
  const stateOf = (own: number) => (own < index ? true : failed && own === index ? false : null)
  return {
    logFile: '/var/lib/biomaj/data/log/run.log',
    session: nowSeconds - 300,
    steps: new Map(updateFlow.map((step, own) => [step, stateOf(own)])),
    processes: new Map(),
  }
}

/** A cluster on a usual day: something runs, something waits, something failed, a service is short of an instance. */
export async function startBusyCluster(options: ScriptedClusterOptions = {}): Promise<ScriptedCluster> {
  const earlier = nowSeconds - 86_400
  return startScriptedCluster({
    now: () => now.getTime(),
    banks: [
      aBank('alu', {
        releases: [
          aRelease('2026-10', {session: earlier - 86_400, size: 3_400_000_000}),
          aRelease('2026-11', {session: earlier, size: 3_500_000_000, freeze: true, formats: ['fasta', 'blast']}),
        ],
        current: earlier,
        pending: [{release: '2026-12', id: nowSeconds - 300}],
        status: {
          ...runAt('postprocess'),
          processes: new Map([
            ['POST_index', true],
            ['POST_stats', null],
          ]),
        },
      }),
      aBank('genbank', {
        releases: [aRelease('254', {session: earlier})],
        current: earlier,
        failed: true,
        status: runAt('download', true),
      }),
      aBank('pdb', {types: ['protein', 'structure'], visibility: 'private'}),
      aBank('swissprot', {types: ['protein'], releases: [aRelease('2026_04', {session: earlier})], current: earlier}),
    ],
    daemons: [
      {id: 'biomaj_daemon_message1', says: 'alu:update', alive: true},
      {id: 'biomaj_daemon_message2', says: 'pending', alive: true},
    ],
    locks: new Set(['alu']),
    queue: [
      {action: 'update', bank: 'swissprot', user: 'jane', release: null, options: {}, requestedAt: nowSeconds - 180},
      {action: 'remove', bank: 'genbank', user: 'jane', release: '254', options: {}, requestedAt: nowSeconds - 60},
    ],
    history: [
      {bank: 'swissprot', action: 'update', start: earlier, end: earlier + 754, updated: true, error: false},
      {
        bank: 'genbank',
        action: 'update',
        start: nowSeconds - 7200,
        end: nowSeconds - 7100,
        updated: false,
        error: true,
      },
    ],
    services: [
      ...generalServices.map(name => ({service: `biomaj-${name}`, count: 1, status: 1 as const})),
      {service: 'biomaj-download', count: 4, status: 0},
      {service: 'biomaj-process', count: 2, status: 1},
      {service: 'biomaj-daemon-message', count: 2, status: 1},
      {service: 'biomaj-ftp', count: 0, status: -1},
    ],
    ...options,
  })
}
