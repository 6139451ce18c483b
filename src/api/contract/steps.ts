/** The steps of BioMAJ's update workflow, in their order (`biomaj/workflow.py`, UpdateWorkflow.FLOW). */
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

export type UpdateStep = (typeof updateSteps)[number]

export function isUpdateStep(text: string): text is UpdateStep {
  return (updateSteps as readonly string[]).includes(text)
}
