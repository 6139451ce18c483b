import {aRelease, isOwner, logFileOf, serverTime, updateFlow} from './state.js'
import type {
  ClusterState,
  FlowStep,
  HistoryRow,
  Outcome,
  QueuedRequest,
  RunStatus,
  ScriptedBank,
  ScriptedDaemon,
} from './state.js'

/** An action in progress; each `next()` is one step that a client can observe. */
type Run = Generator<undefined, void>

/** The message daemons: they take requests from the queue and work on them, one step per `advance()`. */
export class Engine {
  readonly #state: ClusterState
  readonly #runs = new Map<ScriptedDaemon, Run>()
  #lastSession = 0

  constructor(state: ClusterState) {
    this.#state = state
  }

  get idle(): boolean {
    return this.#runs.size === 0 && (this.#state.queue.length === 0 || !this.#state.daemons.some(({alive}) => alive))
  }

  /** Every daemon does one step: an idle one takes a request and starts, a busy one ends the step it is in. */
  advance(): void {
    for (const daemon of this.#state.daemons) {
      if (!daemon.alive) continue
      let run = this.#runs.get(daemon)
      if (run === undefined) {
        const request = this.#state.queue.shift()
        if (request === undefined) continue
        run = this.#perform(daemon, request)
        this.#runs.set(daemon, run)
      }
      if (run.next().done === true || !daemon.alive) this.#runs.delete(daemon)
    }
  }

  *#perform(daemon: ScriptedDaemon, request: QueuedRequest): Run {
    const bank = this.#state.banks.get(request.bank)
    if (bank === undefined) return
    const action = request.action === 'removeall' ? 'remove' : request.action
    if (action !== 'removepending') daemon.says = `${bank.name}:${action}`
    yield
    // The daemon has no `finally`: what throws leaves its row in whatsup as it is.
    if (request.action !== 'removeall' && !isOwner(this.#state, bank, request.user)) return
    if (action === 'removepending') bank.pending = []
    else if (action === 'remove') this.#remove(bank, request)
    else if (action === 'repair') this.#repair(bank)
    else if ((yield* this.#update(daemon, bank, request)) === 'thrown') return
    if (bank.log !== undefined && action === 'update') {
      this.#log(bank, 'INFO ', 'Notify:none')
      this.#log(bank, 'INFO ', `Biomaj:Daemon:${bank.name}:over`)
    }
    if (action !== 'removepending') daemon.says = 'pending'
  }

  *#update(
    daemon: ScriptedDaemon,
    bank: ScriptedBank,
    request: QueuedRequest,
  ): Generator<undefined, 'ended' | 'thrown'> {
    const start = this.#seconds()
    const outcome = bank.outcomes.shift() ?? this.#usualOutcome(bank)
    const session = bank.failed && bank.status !== undefined ? bank.status.session : this.#newSession()
    const logFile = logFileOf(bank.name, this.#newSession())
    if (outcome.kind === 'dies-before-start') return 'thrown'
    const fromTask = request.options['from_task']
    if (typeof fromTask === 'string' && !updateFlow.some(step => step === fromTask)) return 'ended'
    if (request.release !== null && !bank.releases.some(({release}) => release === request.release)) return 'ended'
    const end = (row: Pick<HistoryRow, 'updated' | 'error'>): void => {
      bank.failed = row.error
      bank.lastUpdate = session
      this.#state.history.push({bank: bank.name, action: 'update', start, end: this.#seconds(), ...row})
    }
    if (this.#state.cancelRequests.delete(bank.name)) {
      end({error: true, updated: true})
      return 'ended'
    }
    if (this.#state.locks.has('biomaj') || this.#state.locks.has(bank.name)) {
      // The document of the run before is what gets the failure, and its log is the one that is served.
      bank.status?.steps.set('init', false)
      end({error: true, updated: true})
      return 'ended'
    }
    this.#state.locks.add(bank.name)
    const status: RunStatus = {
      logFile,
      session,
      steps: new Map(updateFlow.map(step => [step, null])),
      processes: new Map(),
    }
    bank.status = status
    bank.log = []
    this.#log(bank, 'INFO ', `Log file: ${logFile}`)
    this.#log(bank, 'WARNI', `Bank:${bank.name}:Update`)
    this.#log(bank, 'INFO ', `Bank:${bank.name}:Release:${request.release ?? 'latest'}`)
    this.#log(bank, 'INFO ', 'Workflow:Start')
    this.#log(bank, 'INFO ', 'Workflow:Start:init')
    this.#log(bank, 'INFO ', 'Workflow:wf_init')
    for (const step of updateFlow) {
      if (request.options['stop_before'] === step) break
      if (step !== 'init') {
        if (this.#state.cancelRequests.delete(bank.name)) {
          this.#log(bank, 'WARNI', 'Cancel requested, stopping update')
          this.#state.locks.delete(bank.name)
          end({error: true, updated: true})
          return 'ended'
        }
        this.#log(bank, 'INFO ', `Workflow:Start:${step}`)
        this.#log(bank, 'INFO ', `Workflow:wf_${step}`)
        yield
      }
      if (outcome.kind === 'daemon-dies' && outcome.step === step) {
        daemon.alive = false
        yield
        return 'thrown'
      }
      const result =
        step === 'postprocess' ? yield* this.#postprocess(bank, status, outcome) : this.#step(step, outcome)
      status.steps.set(step, result === true)
      if (result !== true) {
        this.#log(bank, 'ERROR', result)
        this.#log(bank, 'ERROR', `Error during task ${step}`)
        if ('release' in outcome) bank.pending = [{release: outcome.release, id: session}]
        this.#state.locks.delete(bank.name)
        end({error: true, updated: true})
        return 'ended'
      }
      if (step === 'download' && outcome.kind === 'up-to-date') {
        status.steps.set('over', true)
        this.#log(bank, 'INFO ', 'Workflow:wf_over')
        this.#state.locks.delete(bank.name)
        end({error: false, updated: false})
        return 'ended'
      }
      if (step === 'download' && 'release' in outcome)
        this.#log(bank, 'INFO ', 'Workflow:wf_download:nb_files_to_download:3')
      if (step === 'publish') this.#produce(bank, session, outcome, request)
      if (request.options['stop_after'] === step) break
    }
    this.#state.locks.delete(bank.name)
    end({error: false, updated: true})
    return 'ended'
  }

  #step(step: FlowStep, outcome: Outcome): true | string {
    return outcome.kind === 'fails' && outcome.step === step ? (outcome.reason ?? `${step} went wrong`) : true
  }

  *#postprocess(bank: ScriptedBank, status: RunStatus, outcome: Outcome): Generator<undefined, true | string> {
    const processes = 'processes' in outcome ? (outcome.processes ?? []) : []
    const all = outcome.kind === 'process-fails' ? [...new Set([...processes, outcome.failing])] : processes
    for (const process of all) {
      this.#log(bank, 'INFO ', `PROC:META:RUN:PROCESS:${process.slice(process.indexOf('_') + 1)}`)
      status.processes.set(process, null)
      yield
      // Here BioMAJ trips over its own cancellation: the step fails and the request stays for the next run.
      if (this.#state.cancelRequests.has(bank.name)) return "'ProcessFactory' object has no attribute 'session'"
      const failed = outcome.kind === 'process-fails' && outcome.failing === process
      status.processes.set(process, !failed)
      this.#log(bank, 'INFO ', `PROCESS:EXEC:${process}:${failed ? 'False' : 'True'}`)
      this.#log(bank, failed ? 'ERROR' : 'INFO ', `PROC:META:RUN:PROCESS:${failed ? 'ERROR' : 'OK'}:${process}`)
      if (failed) return `Process ${process} failed`
    }
    return this.#step('postprocess', outcome)
  }

  #produce(bank: ScriptedBank, session: number, outcome: Outcome, {options}: QueuedRequest): void {
    if (!('release' in outcome)) return
    bank.pending = bank.pending.filter(({release}) => release !== outcome.release)
    bank.releases.push(aRelease(outcome.release, {session, types: bank.types}))
    if (options['publish'] === true) bank.current = session
  }

  #remove(bank: ScriptedBank, request: QueuedRequest): void {
    const row = {bank: bank.name, action: 'remove', start: this.#seconds(), updated: null, error: false} as const
    if (request.action === 'removeall') {
      const force = request.options['force'] === true
      if (!force && bank.releases.some(({freeze}) => freeze)) return
      Object.assign(bank, {releases: [], pending: [], current: null, listed: false, status: undefined, log: undefined})
    } else {
      const index = bank.releases.findIndex(({release}) => release === request.release)
      const release = bank.releases[index]
      if (release === undefined || release.freeze || release.session === bank.current) return
      bank.releases.splice(index, 1)
    }
    this.#state.history.push({...row, end: this.#seconds()})
  }

  #repair(bank: ScriptedBank): void {
    this.#state.locks.delete(bank.name)
    if (this.#state.cancelRequests.delete(bank.name)) return
    bank.failed = false
    const at = this.#seconds()
    this.#state.history.push({bank: bank.name, action: 'update', start: at, end: at, updated: false, error: false})
  }

  #usualOutcome(bank: ScriptedBank): Outcome {
    return bank.releases.length > 0 ? {kind: 'up-to-date'} : {kind: 'updated', release: '1'}
  }

  #log(bank: ScriptedBank, level: string, text: string): void {
    bank.log ??= []
    bank.log.push(`${serverTime(this.#state, this.#seconds())},000 ${level} [root][MainThread] ${text}`)
  }

  #seconds(): number {
    return Math.floor(this.#state.now() / 1000)
  }

  #newSession(): number {
    this.#lastSession = Math.max(this.#state.now() / 1000, this.#lastSession + 1)
    return this.#lastSession
  }
}
