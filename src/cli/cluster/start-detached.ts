import {type ChildProcess, spawn} from 'node:child_process'
import {once} from 'node:events'
import path from 'node:path'
import {BiomajError, type ErrorCode} from '../../shared/errors.js'
import {exitCodes} from '../exit-codes.js'
import type {ReadyEvent} from './ready.js'

export interface DetachedStart {
  /** Folder of package.json. */
  root: string
  /** Of `cluster start`, as they were given. */
  argv: readonly string[]
  env: Readonly<Record<string, string | undefined>>
  cwd: string
  signal: AbortSignal
}

const patienceMs = 60_000

/**
 * Starts the same command once more, in a session of its own, and waits until it serves. What it said when it failed is
 * thrown here; it is then gone.
 */
export async function startDetached({root, argv, env, cwd, signal}: DetachedStart): Promise<ReadyEvent> {
  signal.throwIfAborted()
  const own = argv.filter(word => !['--detach', '--json', '--quiet', '-q', '--debug'].includes(word))
  const child = spawn(
    process.execPath,
    [path.join(root, 'bin/run.js'), 'cluster', 'start', ...own, '--json', '--outlive-parent'],
    {cwd, env: {...env}, detached: true, stdio: ['ignore', 'pipe', 'ignore'], windowsHide: true},
  )
  const onAbort = () => child.kill('SIGTERM')
  signal.addEventListener('abort', onAbort, {once: true})
  const timer = setTimeout(() => child.kill('SIGKILL'), patienceMs)
  try {
    const ready = await firstAnswer(child)
    // It was ready and told to end at the same time.
    if (signal.aborted) await once(child, 'close')
    signal.throwIfAborted()
    child.unref()
    child.stdout?.destroy()
    return {...ready, detached: true}
  } catch (error) {
    signal.throwIfAborted()
    throw error
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', onAbort)
  }
}

/** The ready line, which comes alone and at once, or the document of the error, which ends the process. */
async function firstAnswer(child: ChildProcess): Promise<ReadyEvent> {
  const {promise, resolve, reject} = Promise.withResolvers<ReadyEvent>()
  let text = ''
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk
    if (!text.includes('\n')) return
    const answer = parse(text)
    if (isReady(answer)) resolve(answer)
  })
  child.once('error', error => reject(failed(`it cannot be run (${error.message})`)))
  child.once('close', (status, signal) =>
    reject(errorOf(parse(text)) ?? failed(signal === null ? `exit status ${status}` : `ended by ${signal}`)),
  )
  return promise
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Not all of it is there yet, or the process died while it wrote.
    return undefined
  }
}

function isReady(value: unknown): value is ReadyEvent {
  return isRecord(value) && value['event'] === 'ready'
}

function errorOf(document: unknown): BiomajError | undefined {
  const error = isRecord(document) ? document['error'] : undefined
  if (!isRecord(error) || !isErrorCode(error['code'])) return undefined
  const {code, message, hint, details} = error
  return new BiomajError({
    code,
    message: String(message),
    hint: typeof hint === 'string' ? hint : undefined,
    details: isRecord(details) ? details : undefined,
  })
}

function failed(why: string): BiomajError {
  return new BiomajError({
    code: 'internal',
    message: `The cluster did not start: ${why}`,
    hint: 'Start it without --detach to see more.',
  })
}

function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(exitCodes, code)
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
