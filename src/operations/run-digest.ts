import {isUpdateStep, type UpdateStep} from '../api/contract/steps.js'
import {isOfWebService, type LogLine, parseLogLine} from './log-line.js'

/** What the log of one run tells beyond its status. All of it is a hint: none decides whether the run ended. */
export interface RunDigest {
  /** The step that began last. */
  step: UpdateStep | undefined
  /** The sub-step at work or failed (`checksum`, `uncompress`, `copy`, ...). */
  subStep: string | undefined
  filesToDownload: number | undefined
  /** `META_PROCESS` that failed. */
  failedProcess: string | undefined
  /** Local name of the release at work. */
  release: string | undefined
  cancelled: boolean
  /** Messages of errors, oldest first; BioMAJ's set phrases only where there is nothing else. */
  errors: string[]
  /** The error that says most; undefined when all of them are BioMAJ's set phrases. */
  cause: string | undefined
}

const maxErrors = 10
// These follow an error that was logged already and only repeat where it happened.
const repetitions = /^(Error during task |Revert main task status )/
// Set phrases that say what the step or process says already.
const phrases = /^(An error occured during |Download error: |Error during \w+ subtask|PROCESS:ERROR:|PROC:\w+)/

/** Reads the lines of one run's log, or their tail. */
export function digestLog(texts: Iterable<string>): RunDigest {
  const digest: RunDigest = {
    step: undefined,
    subStep: undefined,
    filesToDownload: undefined,
    failedProcess: undefined,
    release: undefined,
    cancelled: false,
    errors: [],
    cause: undefined,
  }
  for (const text of texts) {
    const line = parseLogLine(text)
    if (!isOfWebService(line)) digestLine(digest, line)
  }
  const telling = digest.errors.filter(message => !phrases.test(message))
  digest.cause = telling.at(-1)?.replace(/^Workflow:\w+:(Exception:)?/, '')
  digest.errors = (telling.length > 0 ? telling : digest.errors).slice(-maxErrors)
  return digest
}

function digestLine(digest: RunDigest, {level, message}: LogLine): void {
  const step = /^Workflow:Start:(\w+)$/.exec(message)?.[1]
  if (step !== undefined && isUpdateStep(step)) {
    digest.step = step
    digest.subStep = undefined
    return
  }
  const subStep =
    /^Workflow:wf_(checksum|uncompress|copydepends|copy|metadata|stats|old_biomaj_api|clean_offline|delete_old|clean_old_sessions)$/.exec(
      message,
    )?.[1]
  if (subStep !== undefined) digest.subStep = subStep
  const files = /^Workflow:wf_download:nb_files_to_download:(\d+)$/.exec(message)?.[1]
  if (files !== undefined) digest.filesToDownload = Number(files)
  const release = /^(?:Session:Release|Workflow:wf_download:release:release):(.+)$/.exec(message)?.[1]
  if (release !== undefined) digest.release = release
  const failed = /^PROC:META:RUN:PROCESS:ERROR:(.+)$/.exec(message)?.[1] ?? /^PROCESS:ERROR:(.+)$/.exec(message)?.[1]
  if (failed !== undefined) digest.failedProcess = failed
  const subTask = /^Error during \w+ subtask: wf_(\w+)$/.exec(message)?.[1]
  if (subTask !== undefined) digest.subStep = subTask
  if (message.startsWith('Cancel requested, stopping')) digest.cancelled = true
  if ((level === 'ERROR' || level === 'CRITI' || level === 'CRITICAL') && !repetitions.test(message))
    digest.errors.push(message)
}
