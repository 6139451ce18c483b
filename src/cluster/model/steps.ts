import type {UpdateStep} from '../../api/contract/steps.js'

export {type UpdateStep, updateSteps} from '../../api/contract/steps.js'

/** Steps of a removal, in their order. */
export const removeSteps = ['init', 'removeprocess', 'remove_release', 'over'] as const

export type RemoveStep = (typeof removeSteps)[number]
export type WorkflowStep = UpdateStep | RemoveStep
