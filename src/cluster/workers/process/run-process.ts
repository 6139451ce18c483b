import {type FileHandle, open, stat} from 'node:fs/promises'
import {longestTimerMs, sleep} from '../../../shared/abort.js'
import {BiomajError} from '../../../shared/errors.js'
import type {ProcessRequest, ProcessResult} from '../../engine/ports.js'
import {told} from '../../engine/told.js'
import {signalProcess} from './living-member.js'
import {type GroupCommand, ProcessGroup} from './process-group.js'

/** Variables of the worker that a process gets beside its own. All others stay with the cluster. */
const inherited = /^(HOME|USER|LOGNAME|SHELL|LANG|LC_[A-Z]+|TZ|TMPDIR)$/

export interface ProcessOptions {
  /** Stops the process: politely, and after `graceMs` for good. */
  signal: AbortSignal
  /** Kills it at once. */
  kill?: AbortSignal | undefined
  /** Default: 1000. */
  graceMs?: number | undefined
  /** Largest size of each output file. Default: 1 GiB. */
  maxOutputBytes?: number | undefined
  /** Variables of the worker; those that a program needs to feel at home are handed on. */
  env: Readonly<Record<string, string | undefined>>
}

/**
 * Runs a process in a group of its own and waits for its end. The group is killed when the process ends, runs longer
 * than it may, writes more than it may, is stopped, or when we die. Processes that left the group by `setsid` are ended
 * with it when it does not end by itself, on Linux and while their parents live; else they are out of reach.
 *
 * @throws {BiomajError} `server_error` when it cannot be started
 * @throws the reason of `signal`, after the group is dead
 */
export async function runProcess(request: ProcessRequest, options: ProcessOptions): Promise<ProcessResult> {
  options.signal.throwIfAborted()
  await mustBeFolder(request.workingDirectory)
  const stdout = await open(request.stdoutFile, 'w')
  try {
    const stderr = await open(request.stderrFile, 'w')
    try {
      return await runGroup(request, {...options, stdout, stderr})
    } finally {
      await stderr.close()
    }
  } finally {
    await stdout.close()
  }
}

type Running = ProcessOptions & {stdout: FileHandle; stderr: FileHandle}

async function runGroup(request: ProcessRequest, running: Running): Promise<ProcessResult> {
  const {stdout, stderr, signal} = running
  const group = await ProcessGroup.start({
    command: commandOf(request),
    workingDirectory: request.workingDirectory,
    env: environmentOf(request, running.env),
    stdout: stdout.fd,
    stderr: stderr.fd,
  })
  try {
    const stop = await whyToStop(group, {request, running})
    if (stop !== null) await end(group, running)
    const [exitCode, endSignal] = await group.ended
    signal.throwIfAborted()
    return {
      exitCode,
      signal: endSignal,
      timedOut: stop === 'time',
      ...(stop === 'output' && {stopped: told`it wrote more than ${outputLimit(running)} bytes of output`}),
    }
  } finally {
    await group.close()
  }
}

function commandOf({expand, exe, args}: ProcessRequest): GroupCommand['command'] {
  const words = args.split(/\s+/).filter(word => word !== '')
  // BioMAJ puts the words together again with single spaces, quoted or not.
  return expand ? {line: [exe, ...words].join(' ')} : {exe, args: words}
}

function environmentOf(request: ProcessRequest, env: ProcessOptions['env']): Record<string, string> {
  const own = Object.entries(env).filter(
    (entry): entry is [string, string] => inherited.test(entry[0]) && entry[1] !== undefined,
  )
  return {...Object.fromEntries(own), ...request.env}
}

/** Waits for the end of the process; null when it came by itself. */
async function whyToStop(
  group: ProcessGroup,
  {request, running}: {request: ProcessRequest; running: Running},
): Promise<'time' | 'output' | 'signal' | null> {
  const over = new AbortController()
  const {promise: stopped, resolve} = Promise.withResolvers<'signal'>()
  const onAbort = () => resolve('signal')
  const signal = AbortSignal.any([running.signal, ...(running.kill ? [running.kill] : [])])
  if (signal.aborted) onAbort()
  signal.addEventListener('abort', onAbort, {once: true})
  try {
    return await Promise.race([
      group.ended.then(() => null),
      stopped,
      ignoringEnd(over.signal, () => timeOut(request.timeoutMs, over.signal)),
      ignoringEnd(over.signal, () => tooMuchOutput(running, over.signal)),
    ])
  } finally {
    signal.removeEventListener('abort', onAbort)
    over.abort()
  }
}

async function ignoringEnd<T>(over: AbortSignal, work: () => Promise<T>): Promise<T | null> {
  try {
    return await work()
  } catch (error) {
    if (over.aborted) return null
    throw error
  }
}

async function timeOut(timeoutMs: number | null, over: AbortSignal): Promise<'time'> {
  let leftMs = timeoutMs ?? Infinity
  while (leftMs > 0) {
    const partMs = Math.min(leftMs, longestTimerMs)
    await sleep(partMs, over)
    leftMs -= partMs
  }
  return 'time'
}

/** The process writes into the files itself, so that its output costs us nothing; so they can only be looked at. */
async function tooMuchOutput(running: Running, over: AbortSignal): Promise<'output'> {
  for (;;) {
    await sleep(500, over)
    for (const file of [running.stdout, running.stderr]) {
      if ((await file.stat()).size > outputLimit(running)) return 'output'
    }
  }
}

function outputLimit({maxOutputBytes = 1024 ** 3}: ProcessOptions): number {
  return maxOutputBytes
}

/**
 * Asks all of the group to end, not its leader alone: that is a shell, as a rule, and gone before its program. What it
 * has started in groups of their own is asked too.
 */
async function end(group: ProcessGroup, {kill, graceMs = 1000}: ProcessOptions): Promise<void> {
  const strays = await group.strays()
  const isHurried = () => kill?.aborted === true
  if (!isHurried()) {
    group.signal('SIGTERM')
    for (const stray of strays) await signalProcess(stray, 'SIGTERM')
    // By the clock: a signal of time-outs that nobody listens to may be collected before it fires.
    const patienceMs = performance.now() + graceMs
    while (!isHurried() && performance.now() < patienceMs && (await group.isAlive())) await sleep(20)
  }
  // They may have started others meanwhile.
  strays.push(...(await group.strays()))
  group.signal('SIGKILL')
  for (const stray of strays) await signalProcess(stray, 'SIGKILL')
}

async function mustBeFolder(folder: string): Promise<void> {
  try {
    if ((await stat(folder)).isDirectory()) return
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
  }
  throw new BiomajError({
    code: 'server_error',
    message: told`A process cannot be started: ${folder} is not a folder`,
    hint: 'Make the folder that process.dir names.',
  })
}
