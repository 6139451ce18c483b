import {readdirSync} from 'node:fs'
import {describe, expect, it} from 'vitest'
import {readBaseline} from '../../src/operations/wait/evidence.js'
import {waitForRuns} from '../../src/operations/wait/wait-for-runs.js'
import {FakeClock, replay} from '../support/replayed-cluster.js'
import {readSequence} from '../support/real-cluster/sequences.js'

interface Expected {
  outcome: string
  step?: string
  process?: string
  reason?: RegExp
}

/** What `--wait` must say of every recorded run of the real services. */
const verdicts: Record<string, Expected | 'no update'> = {
  'all-removed': 'no update',
  // The answer is about the request that was made last.
  'asked-twice': {outcome: 'up_to_date'},
  'bogus-from-task': {outcome: 'never_started', reason: /dropped the request/},
  'cancelled-during-download': {outcome: 'cancelled'},
  'cancelled-during-process': {outcome: 'cancelled'},
  'cancelled-while-queued': {outcome: 'cancelled', step: 'init'},
  // The restarted daemon took the request before its own services were up, and lost it.
  'cluster-restarted-while-queued': {outcome: 'never_started'},
  // A dead daemon's entry and lock stay, and look like a process that takes long: only --timeout ends this.
  'cluster-restarted': {outcome: 'running'},
  'copy-fails': {outcome: 'failed', step: 'download', reason: /^No file match in offline dir$/},
  'daemon-killed': {outcome: 'running'},
  'dependency-fails': {outcome: 'failed', step: 'depends'},
  'download-404': {outcome: 'failed', step: 'download', reason: /^Error while downloading .* - 404$/},
  'download-cut': {outcome: 'failed', step: 'download'},
  'from-scratch': {outcome: 'updated'},
  'from-task-after-failure': {outcome: 'never_started'},
  'from-task': {outcome: 'updated'},
  'locked-after-submit': {outcome: 'failed', step: 'init', reason: /lock/},
  'maintenance-after-run': {outcome: 'failed', step: 'init', reason: /maintenance/},
  maintenance: {outcome: 'failed', step: 'init', reason: /maintenance/},
  'no-file-matches': {outcome: 'failed', step: 'download'},
  'not-owner-after-run': {outcome: 'never_started'},
  'not-owner': {outcome: 'never_started'},
  'process-fails': {outcome: 'failed', step: 'postprocess', process: 'AFTER_blast', reason: /AFTER_blast failed/},
  'production-session-gone': {outcome: 'failed'},
  'published-release-not-removed': 'no update',
  quick: {outcome: 'updated'},
  'release-not-found': {outcome: 'failed', step: 'release'},
  'release-removed': 'no update',
  'repaired-after-failure': 'no update',
  'resumed-after-failure': {outcome: 'updated'},
  'run-after-cancel-during-process': {outcome: 'cancelled'},
  'run-after-stale-lock-removed': {outcome: 'updated'},
  'second-release': {outcome: 'updated'},
  'stop-after-download': {outcome: 'stopped'},
  'stop-before-postprocess': {outcome: 'stopped'},
  'two-banks': {outcome: 'updated'},
  'unknown-release': {outcome: 'never_started'},
  'up-to-date-release-file': {outcome: 'up_to_date'},
  'up-to-date': {outcome: 'up_to_date'},
  'updated-after-removal': {outcome: 'updated'},
  'updated-and-published': {outcome: 'updated'},
  updated: {outcome: 'updated'},
  'with-dependency': {outcome: 'updated'},
}

const recorded = readdirSync(new URL('../fixtures/sequences/', import.meta.url)).flatMap(
  file => file.match(/^(.+)\.json$/)?.[1] ?? [],
)

describe('waiting, played against recorded runs of the real services', () => {
  it('has an expectation for every recording', () => {
    expect(Object.keys(verdicts).toSorted()).toEqual(recorded.toSorted())
  })

  // Different first looks and intervals meet different moments of the same run.
  const looks = [1, 0.37, 0.05].flatMap(random => [0, 300, 900].map(delayMs => ({random, delayMs})))
  for (const [name, expected] of Object.entries(verdicts)) {
    if (expected === 'no update') continue
    it.each(looks)(
      `${name} is ${expected.outcome} (first look after $delayMs ms, jitter $random)`,
      async ({random, delayMs}) => {
        const sequence = await readSequence(name)
        const clock = new FakeClock(-100, () => random)
        const cluster = replay(sequence, clock)
        const requested = sequence.events.findLast(({what}) => /asks for an update of alu/.test(what))?.atMs ?? 0
        clock.ms = requested - 1
        const {signal} = new AbortController()
        const baseline = await readBaseline(cluster, 'alu', {signal})
        clock.ms = requested + 250 + delayMs
        const [result] = await waitForRuns(cluster, [{bank: 'alu', baseline, request: 'accepted'}], {
          maxOutageMs: 600_000,
          timeoutMs: 3_600_000,
          signal,
          clock,
        })
        expect(result).toMatchObject({
          bank: 'alu',
          outcome: expected.outcome,
          ...(expected.step === undefined ? {} : {step: expected.step}),
          ...(expected.process === undefined ? {} : {process: expected.process}),
        })
        expect(String(result && 'reason' in result ? result.reason : '')).toMatch(expected.reason ?? /(?:)/)
      },
    )
  }
})
