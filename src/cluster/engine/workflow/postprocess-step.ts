import {mkdir, rm} from 'node:fs/promises'
import {runProcesses} from './process-step.js'
import {placeLink, sizeOf} from './trees.js'
import type {StepResult, UpdateRun} from './update-run.js'

/** Runs the blocks. As long as they run, `future_release` leads to the release. */
export async function postprocess(run: UpdateRun): Promise<StepResult> {
  const {layout, log, session} = run
  log.info('Workflow:wf_postprocess')
  await mkdir(layout.releasesDirectory, {recursive: true})
  if (session.productionDirectory !== null) await placeLink(session.productionDirectory, layout.futureLink)
  try {
    await runProcesses(run, 'postprocess')
  } finally {
    await rm(layout.futureLink, {force: true})
  }
  return 'done'
}

/** Sub-step: what the processes said of their files is in the session already. */
export function metadata(run: UpdateRun): void {
  run.log.info('Workflow:wf_metadata')
}

/** Sub-step: bytes of the release, when `data.stats` asks for them. */
export async function stats(run: UpdateRun): Promise<void> {
  run.log.info('Workflow:wf_stats')
  const wanted = run.properties.get('data.stats', '0')
  run.session.sizeBytes = wanted === '0' || wanted === '' ? null : await sizeOf(run.releaseDirectory, run.signal)
}
