import {execFile} from 'node:child_process'
import path from 'node:path'
import {fileURLToPath} from 'node:url'
import {promisify} from 'node:util'
import {build} from 'esbuild'

/** Bundled CommonJS packages ask for Node's own modules with require. */
const withRequire = "import {createRequire} from 'node:module'; const require = createRequire(import.meta.url);"

/**
 * Runs a program of `programs` that uses the sources, in a process of its own, bundled into a folder. Gives its standard
 * output.
 */
export async function runProgram(
  name: 'clone-bank' | 'queue-by-thousand',
  {args, folder}: {args: readonly string[]; folder: string},
): Promise<string> {
  const outfile = path.join(folder, `${name}.mjs`)
  await build({
    entryPoints: [fileURLToPath(new URL(`programs/${name}.ts`, import.meta.url))],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node22',
    logLevel: 'error',
    banner: {js: withRequire},
  })
  const {stdout} = await promisify(execFile)(process.execPath, [outfile, ...args])
  return stdout
}
