import type {ReleaseFile} from '../../model/bank.js'
import type {UpdateRequest} from '../../queue/queue.js'
import type {RunOutcome} from '../engine.js'
import {told} from '../told.js'
import {Run, type RunOptions} from './run.js'
import type {ChosenSession} from './sessions.js'

/** `nothing-new` ends an update well: the release that is there is what the remote side has. */
export type StepResult = 'done' | 'nothing-new'

/** An update at work. */
export class UpdateRun extends Run {
  readonly request: UpdateRequest
  readonly how: ChosenSession['how']
  /** Files of the release, wherever they came from; known within the download step. */
  files: ReleaseFile[] = []
  readonly updateDependency: (bank: string) => Promise<RunOutcome>
  /** The release was found on the remote side in this run, not in the one before. */
  detectedNow = false

  constructor(
    options: RunOptions & {
      request: UpdateRequest
      how: ChosenSession['how']
      updateDependency: (bank: string) => Promise<RunOutcome>
    },
  ) {
    super(options)
    this.request = options.request
    this.how = options.how
    this.updateDependency = options.updateDependency
    // Set as long as they are not known, too: values may refer to them.
    this.properties.set('localrelease', this.session.release ?? '')
    this.properties.set('remoterelease', this.session.remoteRelease ?? '')
  }

  /** The session was begun by another run, or by this one before a crash. */
  get resumed(): boolean {
    return this.how !== 'new'
  }

  get today(): Date {
    return new Date(this.parts.clock.epochMs())
  }
}

/** The remote side has another release than the one that the session is about. */
export class RemoteMovedOn extends Error {
  constructor(release: string) {
    super(told`the remote release is ${release} now`)
    this.name = 'RemoteMovedOn'
  }
}

/** A part of a step failed; the step fails with it. */
export class SubStepFailed extends Error {
  readonly subStep: string
  override readonly cause: unknown

  constructor(subStep: string, cause: unknown) {
    super(`wf_${subStep} failed`)
    this.name = 'SubStepFailed'
    this.subStep = subStep
    this.cause = cause
  }
}
