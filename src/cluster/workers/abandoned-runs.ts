import type {BankStatus, Session} from '../model/bank.js'
import type {Job} from '../queue/queue.js'
import type {ServiceContext} from '../services/service.js'
import {hasEnded} from './child-jobs.js'

type Context = Pick<ServiceContext, 'store' | 'queue'>

/**
 * Puts in order what a run has left that ended without its engine: it was cancelled while it waited to be taken up
 * again, or its workers died too often. Its locks go, its bank and those that it updated because that one depends on
 * them do not look busy any more, and the history has a row of each. Does nothing for a run that its engine has ended,
 * or that goes on. May be called by several workers at a time.
 */
export async function settleAbandonedRun(context: Context, {bank, id}: Pick<Job, 'bank' | 'id'>): Promise<void> {
  const locks = await context.store.locks.list()
  const banks = new Set([bank, ...locks.filter(({job}) => job === id).map(lock => lock.bank)])
  for (const name of banks) await settleBank(context, name, id)
}

async function settleBank({store, queue}: Context, bank: string, id: string): Promise<void> {
  const job = await queue.get(id)
  if (job && !hasEnded(job)) return
  // The history first had to be written by the engine, so the status tells whether it came to that.
  let wasBusy = false
  let updates = false
  const reason = reasonOf(job)
  await store.banks.change(bank, stored => {
    const session = stored.sessions.find(({id: of}) => of === stored.status?.session)
    wasBusy = isBusy(stored.status, session, id)
    updates = session?.action === 'update'
    if (!wasBusy || !stored.status) return stored
    return {...stored, status: {...stored.status, running: null, reason}}
  })
  if (wasBusy && job) {
    await store.history.add({
      bank,
      action: job.kind === 'remove' || job.kind === 'repair' ? job.kind : 'update',
      startMs: job.startedAtMs ?? job.queuedAtMs,
      endMs: job.endedAtMs ?? Date.now(),
      updated: updates ? false : null,
      error: true,
      cancelled: job.state === 'cancelled',
      reason,
      job: id,
    })
  }
  await store.locks.release(bank, id)
}

/** Settles every run whose lock is still there. */
export async function settleAbandonedRuns(context: Context): Promise<void> {
  for (const {bank, job} of await context.store.locks.list()) await settleBank(context, bank, job)
}

/**
 * Removes a lock of another job that does not run. The queue lets no two jobs of a bank run at a time, so whoever has a
 * job of the bank now need not respect it: a run that was interrupted takes it again when it goes on.
 */
export async function dropIdleLock({store, queue}: Context, {bank, id}: Pick<Job, 'bank' | 'id'>): Promise<void> {
  const lock = await store.locks.get(bank)
  if (!lock || lock.job === id) return
  const holder = await queue.get(lock.job)
  if (holder?.state === 'running') return
  await settleBank({store, queue}, bank, lock.job)
  await store.locks.release(bank, lock.job)
}

function isBusy(status: BankStatus | null, session: Session | undefined, job: string): boolean {
  return status !== null && status.running !== null && session?.job === job
}

function reasonOf(job: Job | undefined): string {
  return job?.reason ?? (job?.cancelRequestedBy == null ? 'it was given up' : `cancelled by ${job.cancelRequestedBy}`)
}
