import * as z from 'zod/mini'
import {job, jobs, oneJob, whoAmI} from './additions.js'
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

/** Who a key belongs to; null for nobody. */
export type Caller = z.infer<typeof whoAmI>

export function parseCaller(body: unknown, route: string): Caller {
  return parseBody(whoAmI, body, route)
}
