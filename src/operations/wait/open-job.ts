import type {BiomajClient} from '../../api/client.js'
import {valueOrError} from '../../shared/abort.js'
import {BiomajError} from '../../shared/errors.js'

/**
 * The job of the update of a bank that runs or waits, the running one first. Empty where the cluster names no jobs, or
 * does not answer: the run can then be followed by its signs.
 */
export async function openUpdateJob(
  {additions}: BiomajClient,
  bank: string,
  {signal}: {signal: AbortSignal},
): Promise<{job?: string}> {
  const find = async () => {
    if (!(await additions.has('jobs', {signal}))) return undefined
    const open = (await additions.jobsOf(bank, {signal})).filter(({kind}) => kind === 'update')
    // Newest first: of those that wait, the one that will run next is the last.
    return open.find(({state}) => state === 'running') ?? open.findLast(({state}) => state === 'queued')
  }
  const job = await valueOrError(find(), signal)
  return job === undefined || job instanceof BiomajError ? {} : {job: job.id}
}
