export {bankEnvironment, type EnvironmentSubject} from './bank-environment.js'
export {
  doneBefore,
  type PlanKind,
  type PlannedProcess,
  plannedProcesses,
  type ProcessPlan,
  processPlan,
} from './process-plan.js'
export {type PlanOutcome, type PlanRun, type ProcessChange, runPlan} from './run-plan.js'
export {checkProcesses, type UnsupportedProcess} from './unsupported.js'
