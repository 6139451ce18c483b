import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {createInterface} from 'node:readline'
import {fileURLToPath} from 'node:url'
import {build} from 'esbuild'
import type {ClusterUser} from '../real-cluster/index.js'

const entry = fileURLToPath(new URL('child-main.ts', import.meta.url))
let bundle: Promise<string> | undefined

export interface ChildOptions {
  admin: ClusterUser
  port: number
  flags?: Readonly<Record<string, string>> | undefined
}

export interface Child {
  url: string
  port: number
  pid: number
  /** Resolves when the process has ended, whatever ended it. */
  ended: Promise<void>
  stop(): Promise<void>
  kill(): Promise<void>
}

/** The cluster of these sources, in a process of its own that ends with this one. */
export async function startChild(root: string, options: ChildOptions): Promise<Child> {
  bundle ??= bundled()
  const child = spawn(process.execPath, [await bundle, root, JSON.stringify(options)], {
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let errors = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text
  })
  const ended = once(child, 'exit').then(() => undefined)
  const line = await new Promise<string>((resolve, reject) => {
    createInterface(child.stdout).once('line', resolve)
    child.once('error', reject)
    child.once('exit', code => reject(new Error(`The cluster did not start (exit ${String(code)}):\n${errors}`)))
  })
  const {url, port, pid} = JSON.parse(line) as {url: string; port: number; pid: number}
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    child.kill(signal)
    await ended
  }
  return {url, port, pid, ended, stop: async () => await end('SIGTERM'), kill: async () => await end('SIGKILL')}
}

/** One file with all that the cluster is made of; a process starts from it in half a second. */
async function bundled(): Promise<string> {
  const folder = mkdtempSync(path.join(tmpdir(), 'biomaj-bundle-'))
  process.once('exit', () => rmSync(folder, {recursive: true, force: true}))
  const outfile = path.join(folder, 'cluster.mjs')
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node22',
    logLevel: 'error',
    // Sources know their place by it: the sample data is found from there.
    define: {'import.meta.url': JSON.stringify(new URL('child-main.ts', import.meta.url).href)},
    banner: {js: "import {createRequire} from 'node:module'; const require = createRequire(process.cwd() + '/');"},
  })
  return outfile
}
