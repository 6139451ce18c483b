import type {Session} from '../../model/bank.js'
import {updateSteps} from '../../model/steps.js'
import type {BankProperties} from '../properties/bank-properties.js'
import {doneBefore, plannedProcesses, processPlan} from '../processes/index.js'

/**
 * Lets the processes of the steps from `fromTask` on run again: all of them, or in the first such step those from
 * `process` on.
 *
 * @throws {BiomajError} `usage` when there is no process of that name
 */
export function resetProcesses(
  session: Session,
  properties: BankProperties,
  {fromTask, process}: {fromTask: string; process: string | null},
): void {
  const begin = updateSteps.findIndex(step => step === fromTask)
  let from = process
  for (const kind of ['preprocess', 'postprocess'] as const) {
    if (updateSteps.indexOf(kind) < begin) continue
    const plan = processPlan(properties, kind)
    const known = new Set(plannedProcesses(plan).map(({key}) => key))
    const ofOthers = Object.entries(session.processes).filter(([key]) => !known.has(key))
    const ofPlan = Object.fromEntries(Object.entries(session.processes).filter(([key]) => known.has(key)))
    session.processes = {...Object.fromEntries(ofOthers), ...doneBefore(plan, {done: ofPlan, from})}
    from = null
  }
}
