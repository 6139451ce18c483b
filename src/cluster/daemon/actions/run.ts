import type {BankStatus} from '../../model/bank.js'
import {isUpdateStep} from '../../../api/contract/steps.js'
import type {Job} from '../../queue/queue.js'
import {type Answer, message, tableText} from '../answer.js'
import {type Call, readableBank} from '../site.js'
import {httpDate, utcText} from '../times.js'
import {bankOption, sessionName} from './detail.js'

/** The last or running update of a bank, step by step, and what waits. */
export async function runStatus(call: Call): Promise<Answer> {
  const {queue} = call.site
  const {bank} = await readableBank(call, bankOption(call))
  if (!bank.status) return message('No update information available')
  const jobs = await queue.list({kinds: ['update', 'remove'], states: ['queued'], bank: bank.name, order: 'newest'})
  const pending = jobs.flatMap(job => {
    const action = actionOf(job)
    return action === undefined ? [] : [{action, atMs: Math.floor(job.queuedAtMs / 1000) * 1000}]
  })
  const pendingHeaders = ['Pending actions', 'Date']
  const headers = ['Workflow step', 'Status']
  const process = rowsOf(bank.status)
  return {
    json: {
      pending: {headers: pendingHeaders, actions: pending.map(({action, atMs}) => [action, httpDate(atMs)])},
      status: {headers, process},
    },
    get text() {
      const rows = pending.map(({action, atMs}) => [action, utcText(atMs)])
      return tableText({headers: pendingHeaders, rows}, 'grid') + tableText({headers, rows: process}, 'grid')
    },
  }
}

/** BioMAJ lists updates and removals of releases, not those of pending ones. */
function actionOf(job: Job): string | undefined {
  if (job.kind === 'update') return 'Update'
  const {what, release} = job.payload as Job<'remove'>['payload']
  return what === 'pending' ? undefined : `Removal - release ${release ?? 'None'}`
}

const processSteps: ReadonlySet<string> = new Set(['preprocess', 'postprocess'])

function rowsOf(status: BankStatus): string[][] {
  const rows = [
    ['log_file', status.logFile],
    ['session', sessionName(status.session)],
  ]
  for (const {step, state} of status.steps) {
    if (!isUpdateStep(step)) continue
    rows.push([step, state])
    if (processSteps.has(step)) rows.push(...processesOf(status, step))
  }
  return rows
}

/** Processes that have begun, below the step in which they did. */
function processesOf({steps, processes}: BankStatus, step: string): string[][] {
  const began = steps.find(each => each.step === 'postprocess')?.startedAtMs ?? null
  return processes
    .filter(({state}) => state !== 'waiting')
    .filter(({startedAtMs}) => {
      const before = began === null ? startedAtMs !== null : startedAtMs !== null && startedAtMs < began
      return before === (step === 'preprocess')
    })
    .map(({name, state}) => [name, state === 'over' ? 'True' : state === 'error' ? 'False' : 'None'])
}
