import {BiomajError} from '../../../shared/errors.js'
import {PythonRegex} from '../patterns/python-regex.js'
import {processPlan} from '../processes/index.js'
import {words} from '../properties/python-text.js'
import {remotesOf} from '../remotes/index.js'
import {keptReleases} from './cleanup-steps.js'
import type {StepResult, UpdateRun} from './update-run.js'

/** Finds before the first byte is fetched what would end the update after the last one. */
export async function check(run: UpdateRun): Promise<StepResult> {
  run.log.info('Workflow:wf_check')
  const {properties} = run
  if (properties.get('protocol') !== 'none') remotesOf(properties)
  for (const kind of ['preprocess', 'postprocess', 'removeprocess'] as const) processPlan(properties, kind)
  for (const pattern of words(properties.get('local.files', '**/*'))) {
    if (pattern !== '**/*') new PythonRegex(pattern).match('')
  }
  const kept = keptReleases(run)
  if (!Number.isInteger(kept) || kept < 0) {
    throw new BiomajError({code: 'config_invalid', message: 'keep.old.version must be a whole number, 0 or more'})
  }
  return Promise.resolve('done')
}
