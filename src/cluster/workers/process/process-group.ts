import {type ChildProcess, spawn} from 'node:child_process'
import {once} from 'node:events'
import {hasLivingMember, type ProcessFacts, strayChildren} from './living-member.js'
import {BiomajError} from '../../../shared/errors.js'
import {told} from '../../engine/told.js'

/**
 * Reads the id of a group, then waits. A second line says that all went its way; an end of input without it, that
 * whoever should have written it is dead.
 */
const watch = `if read -r group; then if read -r end; then exit 0; fi; kill -s KILL -- "-$group"; fi`

/** Begins only when told to, so that there is no moment in which nobody watches it. */
const begin = `read -r go <&3 || exit 125
exec 3<&-
exec /bin/sh -c "$1"`

export interface GroupCommand {
  /** Run by a shell as it is, or started without one. */
  command: {line: string} | {exe: string; args: readonly string[]}
  workingDirectory: string
  env: Readonly<Record<string, string>>
  /** Descriptors. */
  stdout: number
  stderr: number
}

/**
 * A command that leads a process group of its own, in a session of its own. A second process watches us through a pipe
 * and kills the group when we die, however we die.
 */
export class ProcessGroup {
  readonly #leader: ChildProcess
  readonly #watcher: ChildProcess
  readonly #pid: number
  readonly #ended: Promise<[number | null, NodeJS.Signals | null]>

  private constructor({leader, watcher, pid}: {leader: ChildProcess; watcher: ChildProcess; pid: number}) {
    this.#leader = leader
    this.#watcher = watcher
    this.#pid = pid
    this.#ended = once(leader, 'exit') as Promise<[number | null, NodeJS.Signals | null]>
  }

  /** @throws {BiomajError} `server_error` when it cannot be started */
  static async start(group: GroupCommand): Promise<ProcessGroup> {
    const watcher = spawn('/bin/sh', ['-c', watch], {detached: true, stdio: ['pipe', 'ignore', 'ignore'], env: {}})
    // A watcher that is killed breaks the pipe; the end of the process finds out.
    watcher.stdin.on('error', () => undefined)
    await started(watcher, '/bin/sh')
    const leader = spawnLeader(group)
    if (leader.pid === undefined) {
      watcher.stdin.end()
      await started(leader, 'line' in group.command ? '/bin/sh' : group.command.exe)
      throw new Error('a process without an id has started')
    }
    // In this order, and without a pause: the watcher knows the group before its command begins.
    watcher.stdin.write(`${leader.pid}\n`)
    const gate = leader.stdio[3]
    if (gate && 'end' in gate) {
      gate.on('error', () => undefined)
      gate.end('go\n')
    }
    return new ProcessGroup({leader, watcher, pid: leader.pid})
  }

  /** How the command ended. What it left in the background may still run. */
  get ended(): Promise<[number | null, NodeJS.Signals | null]> {
    return this.#ended
  }

  get hasEnded(): boolean {
    return this.#leader.exitCode !== null || this.#leader.signalCode !== null
  }

  /** Whether anybody of the group still runs. */
  async isAlive(): Promise<boolean> {
    return this.#send(0) && (await hasLivingMember(this.#pid))
  }

  /** Sends a signal to all of the group. */
  signal(signal: NodeJS.Signals): void {
    this.#send(signal)
  }

  /** Processes that it has started and that have left it, as far as the system tells. */
  async strays(): Promise<ProcessFacts[]> {
    return strayChildren(this.#pid)
  }

  #send(signal: NodeJS.Signals | 0): boolean {
    try {
      process.kill(-this.#pid, signal)
      return true
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false
      throw error
    }
  }

  /** Kills what is left of the group, and dismisses the watcher. */
  async close(): Promise<void> {
    this.signal('SIGKILL')
    await this.#ended
    const gone = once(this.#watcher, 'exit')
    if (this.#watcher.exitCode !== null || this.#watcher.signalCode !== null) return
    this.#watcher.stdin?.end('end\n')
    await gone
  }
}

function spawnLeader({command, workingDirectory, env, stdout, stderr}: GroupCommand): ChildProcess {
  const options = {detached: true, cwd: workingDirectory, env: {...env}}
  if ('line' in command) {
    return spawn('/bin/sh', ['-c', begin, 'sh', command.line], {...options, stdio: ['ignore', stdout, stderr, 'pipe']})
  }
  // Started without a shell, which would drop variables with a dot in their names. It runs for an instant before the
  // watcher knows of it.
  return spawn(command.exe, command.args, {...options, stdio: ['ignore', stdout, stderr]})
}

async function started(child: ChildProcess, exe: string): Promise<void> {
  try {
    await once(child, 'spawn')
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    const why = error instanceof Error ? error.message : String(error)
    throw new BiomajError({
      code: 'server_error',
      message: missing ? told`${exe} was not found` : told`${exe} cannot be started: ${why}`,
      hint: missing ? 'Put it into process.dir, or give its full path.' : undefined,
      cause: error,
    })
  }
}
