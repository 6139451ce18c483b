import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {createInterface} from 'node:readline'
import {fileURLToPath} from 'node:url'
import type {ClusterUser} from '../real-cluster/index.js'
import {bundle} from './bundle.js'

const entry = fileURLToPath(new URL('child-main.ts', import.meta.url))
let program: Promise<string> | undefined

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
  program ??= bundle(entry)
  const child = spawn(process.execPath, [await program, root, JSON.stringify(options)], {
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
