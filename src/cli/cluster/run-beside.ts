import {spawn} from 'node:child_process'
import path from 'node:path'
import {constants} from 'node:os'
import {interruptionOf} from '../../shared/abort.js'
import type {Runtime} from '../runtime.js'

export interface Beside {
  words: readonly string[]
  /** Folder of package.json: `biomaj` among the words is this program, whatever is in PATH. */
  root: string
  /** Added to the environment. */
  env: Record<string, string | undefined>
  /** Standard output belongs to our document: what the command prints goes to stderr. */
  stdoutTaken: boolean
}

/** Exit status of `env` and of shells for a command that is not there, or cannot be run. */
const notFound = 127
const notRunnable = 126

/**
 * Runs a command to its end and gives its exit status, 128 and more when a signal ended it. Signals to us go on to it;
 * a Ctrl-C at a terminal it has got already.
 */
export async function runBeside(
  {words, root, env, stdoutTaken}: Beside,
  {signal, env: ownEnv, cwd, stdin}: Runtime,
): Promise<{exitCode: number; problem?: string}> {
  const [command = '', ...args] = words
  const [file, ...rest] =
    command === 'biomaj' ? [process.execPath, path.join(root, 'bin/run.js'), ...args] : [command, ...args]
  const child = spawn(file, rest, {
    cwd,
    env: {...ownEnv, ...env},
    stdio: ['inherit', stdoutTaken ? 2 : 'inherit', 'inherit'],
  })
  const onAbort = () => {
    const terminated = interruptionOf(signal).code === 'terminated'
    if (terminated || stdin.isTTY !== true) child.kill(terminated ? 'SIGTERM' : 'SIGINT')
  }
  signal.addEventListener('abort', onAbort, {once: true})
  if (signal.aborted) onAbort()
  // A second signal ends us at once: nobody would end the command then.
  const onExit = () => child.kill('SIGKILL')
  process.on('exit', onExit)
  const {promise, resolve} = Promise.withResolvers<{exitCode: number; problem?: string}>()
  child.once('error', (error: NodeJS.ErrnoException) => {
    resolve({
      exitCode: error.code === 'ENOENT' ? notFound : notRunnable,
      problem:
        error.code === 'ENOENT'
          ? `There is no command "${command}"`
          : `The command "${command}" cannot be run: ${error.code ?? error.message}`,
    })
  })
  child.once('close', (status, by) => resolve({exitCode: status ?? 128 + (by === null ? 0 : constants.signals[by])}))
  try {
    return await promise
  } finally {
    process.off('exit', onExit)
    signal.removeEventListener('abort', onAbort)
  }
}
