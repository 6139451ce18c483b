import * as z from 'zod/mini'
import {bankRun, job, jobs, locks, oneJob, whoAmI} from './additions.js'
import {parseBody} from './parse.js'

/** A request that a cluster with the capability `jobs` works on, or worked on. */
export type Job = z.infer<typeof job>

/** What a download has done so far, in true counts. */
export type Transfer = NonNullable<Job['progress']>

export function parseJob(body: unknown, route: string): Job {
  return parseBody(oneJob, body, route).job
}

export function parseJobs(body: unknown, route: string): Job[] {
  return parseBody(jobs, body, route).jobs
}

/** Locks with who holds them, and maintenance with who turned it on; null when it is off. */
export type LockList = z.infer<typeof locks>

export function parseLockList(body: unknown, route: string): LockList {
  return parseBody(locks, body, route)
}

/** The last or running update or removal of a bank, with times and true counts. */
export type DetailedRun = NonNullable<z.infer<typeof bankRun>['run']>

export function parseDetailedRun(body: unknown, route: string): DetailedRun | null {
  return parseBody(bankRun, body, route).run
}

/** Who a key belongs to; null for nobody. */
export type Caller = z.infer<typeof whoAmI>

export function parseCaller(body: unknown, route: string): Caller {
  return parseBody(whoAmI, body, route)
}
