export {BiomajError, type ErrorCode} from '../shared/errors.js'
export {sanitise} from '../shared/sanitise.js'
export {Secret} from '../shared/secret.js'
export {BiomajClient} from './client.js'
export type {Account, KeyState} from './contract/account.js'
export type {BankDetail, BankSummary, HistoryEntry, PendingRelease, Release} from './contract/bank.js'
export type {BankCheck, CheckFinding} from './contract/check.js'
export type {
  Activity,
  DaemonActivity,
  Locks,
  ModuleVersion,
  Service,
  ServiceInstance,
  ServiceState,
} from './contract/daemon.js'
export type {BankRun, PendingRequest, ProcessRun, StepRun, StepState} from './contract/run.js'
export {isUpdateStep, type UpdateStep, updateSteps} from './contract/steps.js'
export type {ServerTime} from './contract/time.js'
export type {UpdateOptions} from './resources/banks.js'
export type {Accepted} from './resources/releases.js'
export type {RequestOptions, TransportOptions} from './transport.js'
