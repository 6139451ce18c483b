import {execFile} from 'node:child_process'
import {fileURLToPath} from 'node:url'
import {promisify} from 'node:util'
import {bundle} from '../../test/support/embedded-cluster/bundle.ts'

/** Runs a program of `programs` that uses the sources, in a process of its own. Gives its standard output. */
export async function runProgram(name: 'clone-bank' | 'queue-by-thousand', args: readonly string[]): Promise<string> {
  const program = await bundle(fileURLToPath(new URL(`programs/${name}.ts`, import.meta.url)))
  const {stdout} = await promisify(execFile)(process.execPath, [program, ...args])
  return stdout
}
