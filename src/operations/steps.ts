import {isUpdateStep, type UpdateStep, updateSteps} from '../api/contract/steps.js'
import type {UpdateOptions} from '../api/resources/banks.js'
import {BiomajError} from '../shared/errors.js'

const processSteps: ReadonlySet<UpdateStep> = new Set(['preprocess', 'postprocess'])

/**
 * The step that a user named. Checked here because the daemon accepts any name, answers "sent", and drops the request.
 *
 * @param option for the message: `--from-task`
 * @throws {BiomajError} `usage`
 */
export function parseStep(name: string, option: string): UpdateStep {
  if (isUpdateStep(name)) return name
  throw new BiomajError({
    code: 'usage',
    message: `${option}: there is no step "${name}"`,
    hint: `The steps are: ${updateSteps.join(', ')}.`,
  })
}

/** Refuses options that make no sense together, which the daemon would take. */
export function checkUpdateOptions({
  fromTask,
  process,
  fromScratch,
  release,
  stopBefore,
  stopAfter,
}: UpdateOptions): void {
  if (process !== undefined && (fromTask === undefined || !processSteps.has(fromTask))) {
    throw conflict(
      '--process names where to start again within a process step',
      'Add --from-task postprocess (or preprocess).',
    )
  }
  if (fromScratch === true && fromTask !== undefined)
    throw conflict('--from-scratch makes everything anew, --from-task keeps what came before: choose one')
  if (fromScratch === true && release !== undefined)
    throw conflict('--from-scratch makes a new release, --release works on an existing one: choose one')
  if (stopBefore !== undefined && stopAfter !== undefined) throw conflict('--stop-before and --stop-after: choose one')
  const stop = stopBefore ?? stopAfter
  if (fromTask === undefined || stop === undefined) return
  const distance = updateSteps.indexOf(stop) - updateSteps.indexOf(fromTask)
  if (distance < 0 || (distance === 0 && stopBefore !== undefined))
    throw conflict(`It would stop at ${stop}, before it starts at ${fromTask}`)
}

function conflict(message: string, hint?: string): BiomajError {
  return new BiomajError({code: 'usage', message, hint})
}
