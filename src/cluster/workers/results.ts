import * as z from 'zod/mini'
import {BiomajError} from '../../shared/errors.js'
import {RunCancelled} from '../engine/engine.js'
import type {DownloadResult, ProcessResult} from '../engine/ports.js'
import {told} from '../engine/told.js'
import type {Job} from '../queue/queue.js'

const date = z.object({year: z.number(), month: z.number(), day: z.number()})
const releaseFile = z.object({
  name: z.string(),
  saveAs: z.string(),
  size: z.nullable(z.number()),
  date: z.nullable(date),
  hash: z.nullable(z.string()),
})

const downloadResult: z.ZodMiniType<DownloadResult> = z.object({files: z.array(releaseFile)})

const processResult: z.ZodMiniType<ProcessResult> = z.object({
  exitCode: z.nullable(z.number()),
  signal: z.nullable(z.string()),
  timedOut: z.boolean(),
  stopped: z.optional(z.string()),
})

/** @throws {BiomajError} `update_failed` when the job did not come to a good end, {RunCancelled} when it was cancelled */
export function downloadResultOf(job: Job): DownloadResult {
  return resultOf(job, downloadResult)
}

/** @throws {BiomajError} `update_failed` when the job did not come to a good end, {RunCancelled} when it was cancelled */
export function processResultOf(job: Job): ProcessResult {
  return resultOf(job, processResult)
}

function resultOf<Result>(job: Job, schema: z.ZodMiniType<Result>): Result {
  // Whoever cancels a run cancels what it waits for, and that may end before the run itself hears of it.
  if (job.state === 'cancelled') throw RunCancelled.by(job.cancelRequestedBy ?? 'somebody')
  if (job.state !== 'done') {
    const what = job.kind === 'download' ? 'A download' : 'A process'
    throw new BiomajError({code: 'update_failed', message: job.reason ?? `${what} failed without a reason`})
  }
  const parsed = schema.safeParse(job.result)
  if (parsed.success) return parsed.data
  throw new BiomajError({
    code: 'internal',
    message: told`The worker ${job.worker ?? ''} gave a result that is none (${job.kind})`,
  })
}
