export {bankEnvironment} from './bank-environment.js'
export {
  doneBefore,
  type PlanKind,
  type PlannedBlock,
  type PlannedMeta,
  type PlannedProcess,
  plannedProcesses,
  type ProcessPlan,
  processPlan,
} from './process-plan.js'
export {type PlanOutcome, type PlanRun, type ProcessChange, runPlan} from './run-plan.js'
