import type {Job, JobKind, JobPayloads, NewJob, Queue} from '../../../src/cluster/queue/queue.js'

export const bankKinds = ['update', 'remove', 'repair'] as const

const payloads: {[Kind in JobKind]: (bank: string) => JobPayloads[Kind]} = {
  update: bank => ({
    bank,
    publish: true,
    fromScratch: false,
    stopBefore: null,
    stopAfter: null,
    fromTask: null,
    process: null,
    release: null,
  }),
  remove: bank => ({bank, release: '63', what: 'release', force: false}),
  repair: bank => ({bank, release: null}),
  download: bank => ({
    bank,
    session: 1.5,
    remote: {protocol: 'https', server: 'h', directory: '/d/', source: 'main'},
    files: [{name: 'é.fa', saveAs: 'é.fa', size: null, date: {year: 2026, month: 11, day: 21}, hash: null}],
    targetDirectory: '/t',
  }),
  process: bank => ({
    bank,
    session: 1.5,
    name: 'META_p',
    exe: 'p',
    args: '"a" $b',
    expand: true,
    env: {A: 'b\n'},
    workingDirectory: '/w',
    stdoutFile: '/o',
    stderrFile: '/e',
    timeoutMs: null,
  }),
  release: bank => ({bank}),
}

export function newJob<Kind extends JobKind>(kind: Kind, bank: string, more: Partial<NewJob<Kind>> = {}): NewJob<Kind> {
  return {kind, bank, payload: payloads[kind](bank), user: 'ada', correlationId: 'c1', ...more}
}

export function takeAny(queue: Queue, worker: string, leaseMs = 1000): Promise<Job | undefined> {
  return queue.take({kinds: ['update', 'remove', 'repair', 'download', 'process', 'release'], worker, leaseMs})
}

/** For jobs that the test knows to be there. */
export async function taken(queue: Queue, worker: string, leaseMs = 1000): Promise<Job> {
  const job = await takeAny(queue, worker, leaseMs)
  if (job === undefined) throw new Error('There is no job that may run now')
  return job
}
