/** Steps of an update, in their order. */
export const updateSteps = [
  'init',
  'check',
  'depends',
  'preprocess',
  'release',
  'download',
  'postprocess',
  'publish',
  'over',
] as const

/** Steps of a removal, in their order. */
export const removeSteps = ['init', 'removeprocess', 'remove_release', 'over'] as const

export type UpdateStep = (typeof updateSteps)[number]
export type RemoveStep = (typeof removeSteps)[number]
export type WorkflowStep = UpdateStep | RemoveStep
