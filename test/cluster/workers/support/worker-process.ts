import {type ChildProcess, spawn} from 'node:child_process'
import {once} from 'node:events'
import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {createInterface} from 'node:readline'
import {fileURLToPath} from 'node:url'
import {build} from 'esbuild'

let bundle: Promise<string> | undefined

/**
 * Workers of these sources in a process of their own, which the test ends.
 *
 * @param fileBlocks the largest file that the process may write, in blocks of 512 bytes
 */
export async function startWorkerProcess(root: string, leaseMs: number, fileBlocks?: number): Promise<ChildProcess> {
  bundle ??= bundled()
  const limit = fileBlocks === undefined ? '' : `ulimit -f ${fileBlocks}; `
  const args = [process.execPath, await bundle, root, String(leaseMs)]
  const child = spawn('/bin/sh', ['-c', `${limit}exec "$@"`, 'sh', ...args], {stdio: ['ignore', 'pipe', 'inherit']})
  const ended = once(child, 'exit').then(([code]) => Promise.reject(new Error(`no workers: exit ${String(code)}`)))
  ended.catch(() => undefined)
  await Promise.race([once(createInterface(child.stdout), 'line'), ended])
  return child
}

async function bundled(): Promise<string> {
  const folder = mkdtempSync(path.join(tmpdir(), 'workers-bundle-'))
  process.once('exit', () => rmSync(folder, {recursive: true, force: true}))
  const outfile = path.join(folder, 'workers.mjs')
  await build({
    entryPoints: [fileURLToPath(new URL('worker-main.ts', import.meta.url))],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node22',
    logLevel: 'error',
    external: ['vitest'],
    banner: {js: "import {createRequire} from 'node:module'; const require = createRequire(process.cwd() + '/');"},
  })
  return outfile
}
