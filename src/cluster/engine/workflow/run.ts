import path from 'node:path'
import type {Bank, BankStatus, Session, StepState} from '../../model/bank.js'
import type {WorkflowStep} from '../../model/steps.js'
import {BiomajError} from '../../../shared/errors.js'
import type {RunContext} from '../engine.js'
import {type BankLayout, releaseDirectoryName} from '../layout.js'
import type {LoadedBank} from '../load-bank.js'
import type {BankProperties} from '../properties/bank-properties.js'
import {told} from '../told.js'
import type {BankLog} from './bank-log.js'
import {withSession} from './bank-document.js'
import type {EngineParts} from './engine-parts.js'

export interface RunOptions {
  parts: EngineParts
  bank: string
  loaded: LoadedBank
  layout: BankLayout
  context: RunContext
  log: BankLog
  session: Session
  steps: readonly WorkflowStep[]
  startMs: number
  /** For a removal within an update: the status stays that of the update. */
  withoutStatus?: boolean | undefined
}

/**
 * One bank at work: its session and status as they are in memory, and how they get into the store. Steps change
 * `session`; nothing of it counts before `save`.
 */
export class Run {
  readonly parts: EngineParts
  readonly bank: string
  readonly loaded: LoadedBank
  readonly layout: BankLayout
  readonly context: RunContext
  readonly log: BankLog
  readonly startMs: number
  readonly session: Session
  readonly status: BankStatus

  /** Where the releases are that this one depends on. */
  dependencyDirectories: Array<{bank: string; directory: string}> = []
  #lastWrite: Promise<void> = Promise.resolve()
  #telling = false
  readonly #withoutStatus: boolean

  constructor({parts, bank, loaded, layout, context, log, session, steps, startMs, withoutStatus}: RunOptions) {
    this.#withoutStatus = withoutStatus ?? false
    this.parts = parts
    this.bank = bank
    this.loaded = loaded
    this.layout = layout
    this.context = context
    this.log = log
    this.startMs = startMs
    this.session = session
    session.logFile = log.file
    session.job = context.job
    this.status = {
      session: session.id,
      action: session.action,
      logFile: log.file,
      running: null,
      steps: steps.map(step => ({step, state: 'waiting', startedAtMs: null, endedAtMs: null})),
      processes: [],
      progress: null,
      reason: null,
    }
  }

  get properties(): BankProperties {
    return this.loaded.properties
  }

  get signal(): AbortSignal {
    return this.context.signal
  }

  /** Absolute folder of the release at work; it need not exist. */
  get releaseDirectory(): string {
    const {productionDirectory} = this.session
    if (productionDirectory === null) {
      throw new BiomajError({code: 'update_failed', message: 'The release is not known'})
    }
    return path.join(this.layout.releasesDirectory, productionDirectory)
  }

  /** Absolute path of `flat` in it, where the files of the release are. */
  get flatDirectory(): string {
    return path.join(this.releaseDirectory, 'flat')
  }

  /** Names the release; nothing is made on disk. */
  assignRelease(release: string, remoteRelease: string): void {
    this.session.productionDirectory = releaseDirectoryName(this.bank, release, this.properties)
    this.session.release = release
    this.session.remoteRelease = remoteRelease
    this.properties.set('localrelease', release)
    this.properties.set('remoterelease', remoteRelease)
  }

  /** The bank as it is stored now. */
  async stored(): Promise<Bank> {
    const bank = await this.parts.store.banks.get(this.bank)
    if (!bank) throw this.#gone()
    return bank
  }

  /** Stores session and status, with whatever else changes, as one transaction that survives a crash. */
  async save(change: (bank: Bank) => Bank = bank => bank): Promise<Bank> {
    return this.#inOrder(async () => {
      const session = structuredClone(this.session)
      const status = structuredClone(this.status)
      const saved = await this.parts.store.banks.change(this.bank, bank =>
        change({...withSession(bank, session), ...(this.#withoutStatus ? {} : {status})}),
      )
      if (!saved) throw this.#gone()
      return saved
    })
  }

  /** Tells how far the running step is, without waiting for the disk. */
  async tellProgress(): Promise<void> {
    if (this.#withoutStatus) return
    await this.#inOrder(async () =>
      this.parts.store.banks.progress(this.bank, this.session.id, structuredClone(this.status)),
    )
  }

  /** The same in the background, as often as the store takes it. */
  tellProgressSoon(): void {
    if (this.#telling) return
    this.#telling = true
    void this.tellProgress()
      .catch((error: unknown) => {
        // The next durable write will meet the same, and end the run.
        this.parts.log.warn({err: error, bank: this.bank}, 'progress cannot be stored')
      })
      .finally(() => {
        this.#telling = false
      })
  }

  /** An older state must not be written over a newer one. */
  async #inOrder<T>(write: () => Promise<T>): Promise<T> {
    const written = this.#lastWrite.then(write)
    this.#lastWrite = written.then(
      () => undefined,
      () => undefined,
    )
    return written
  }

  mark(step: WorkflowStep, state: StepState): void {
    const entry = this.status.steps.find(other => other.step === step)
    if (!entry) return
    entry.state = state
    if (state === 'over' || state === 'error') entry.endedAtMs = this.parts.clock.epochMs()
  }

  /** Says and stores that a step begins; with it, how the one before ended. */
  async begin(step: WorkflowStep): Promise<void> {
    this.log.info(`Workflow:Start:${step}`)
    const entry = this.status.steps.find(other => other.step === step)
    if (entry) {
      entry.state = 'waiting'
      entry.startedAtMs = this.parts.clock.epochMs()
      entry.endedAtMs = null
    }
    this.status.running = step
    await this.save()
    await this.tellEvent('step', {step, state: 'running'})
  }

  /** Lets watchers know. */
  async tellEvent(type: 'step' | 'bank', data: Record<string, unknown>): Promise<void> {
    await this.parts.store.events.append({
      atMs: this.parts.clock.epochMs(),
      type,
      bank: this.bank,
      data: {...data, session: this.session.id, job: this.context.job},
    })
  }

  #gone(): BiomajError {
    return new BiomajError({code: 'bank_not_found', message: told`The bank "${this.bank}" is there no more`})
  }
}
