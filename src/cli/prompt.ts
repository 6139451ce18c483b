import {read} from 'read'
import type {Runtime} from './runtime.js'

/** One line from the terminal; not echoed when hidden. Rejects when the runtime's signal is aborted. */
export async function prompt({stdin, stderr, signal}: Runtime, question: string, hidden: boolean): Promise<string> {
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), {once: true})
  })
  return Promise.race([
    read({prompt: `${question}: `, silent: hidden, input: stdin, output: stderr as NodeJS.WriteStream}),
    aborted,
  ])
}
