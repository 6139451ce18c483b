import {isUpdateStep, type UpdateStep, updateSteps} from '../../api/contract/steps.js'
import type {UpdateOptions} from '../../api/resources/banks.js'
import {stepsMissingBefore} from '../../operations/preflight.js'
import {checkUpdateOptions} from '../../operations/steps.js'
import type {KnownFacts} from './facts.js'
import {type Field, type Option, type Values, yes} from './form.js'

const stepOptions: readonly Option[] = updateSteps.map(step => ({value: step, label: step}))

/** The options of an update. A process is asked for only where a run can start again at one. */
export function updateFields({releases}: KnownFacts, {fromTask}: Values): Field[] {
  const own = (releases ?? []).map(({release}) => ({value: release, label: release}))
  return [
    {id: 'publish', kind: 'toggle', label: 'publish'},
    {id: 'fromScratch', kind: 'toggle', label: 'from scratch'},
    {id: 'release', kind: 'choice', label: 'release', options: [{value: '', label: 'the newest'}, ...own.toReversed()]},
    {
      id: 'fromTask',
      kind: 'choice',
      label: 'from task',
      options: [{value: '', label: 'the beginning'}, ...stepOptions],
    },
    ...(fromTask === 'preprocess' || fromTask === 'postprocess'
      ? [{id: 'process', kind: 'text', label: 'process'} as const]
      : []),
    {id: 'stopBefore', kind: 'choice', label: 'stop before', options: [{value: '', label: 'nothing'}, ...stepOptions]},
    {id: 'stopAfter', kind: 'choice', label: 'stop after', options: [{value: '', label: 'nothing'}, ...stepOptions]},
  ]
}

/** @throws {BiomajError} `usage`, `refused` for what the cluster would take and then drop */
export function updateOptions(answers: Values, {bank, run}: KnownFacts): UpdateOptions {
  const update: UpdateOptions = {
    publish: answers['publish'] === yes,
    fromScratch: answers['fromScratch'] === yes,
    release: answers['release'],
    fromTask: stepOf(answers['fromTask']),
    process: answers['process'],
    stopBefore: stepOf(answers['stopBefore']),
    stopAfter: stepOf(answers['stopAfter']),
  }
  checkUpdateOptions(update)
  if (update.fromTask !== undefined && update.release === undefined && run !== undefined) {
    const missing = stepsMissingBefore(update.fromTask, bank, {...run, requests: []})
    if (missing) throw missing
  }
  return update
}

function stepOf(text: string | undefined): UpdateStep | undefined {
  return text !== undefined && isUpdateStep(text) ? text : undefined
}
