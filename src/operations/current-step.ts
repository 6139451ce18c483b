import type {BankRun, StepRun} from '../api/contract/run.js'

/**
 * The step that a running update is at. On the wire it reads `waiting` like those after it, so it is the first of
 * these, and only while a daemon says that it works on the bank.
 *
 * @param isRunning some daemon of `Activity` shows the bank
 * @returns null when nothing runs, or when the run has not written its first status yet
 */
export function currentStep(run: BankRun, isRunning: boolean): StepRun | null {
  return isRunning ? (run.steps.find(({state}) => state === 'waiting') ?? null) : null
}

/** The step at which the last run failed; null when none did, or while it runs. */
export function failedStep(run: BankRun): StepRun | null {
  return run.steps.find(({state}) => state === 'failed') ?? null
}
