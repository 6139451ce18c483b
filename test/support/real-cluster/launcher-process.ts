import {spawn} from 'node:child_process'
import type {ChildProcessByStdio} from 'node:child_process'
import {once} from 'node:events'
import {fileURLToPath} from 'node:url'
import type {Readable, Writable} from 'node:stream'

export const python = '/usr/bin/python3'
const launcher = fileURLToPath(new URL('launcher.py', import.meta.url))

/** What the launcher prints when the cluster serves. */
export interface ReadyLine {
  url: string
  port: number
  controlUrl: string
  address: string
  root: string
  conf: string
  db: string
  log: string
  process: string
  cache: string
  lock: string
  services: string
  processes: Record<string, number>
}

export interface LauncherProcess {
  ready: ReadyLine
  command(name: string, options: Record<string, unknown>): Promise<unknown>
  end(): Promise<void>
}

export async function startLauncher(root: string, options: readonly string[]): Promise<LauncherProcess> {
  // Standard input stays open: the launcher ends when it closes, that is also when this process dies.
  const child = spawn(python, [launcher, root, ...options], {stdio: ['pipe', 'pipe', 'pipe']})
  const ready = await readyLine(child)
  return {
    ready,
    async command(name, body) {
      const response = await fetch(`${ready.controlUrl}/${name}`, {method: 'POST', body: JSON.stringify(body)})
      const answer = (await response.json()) as {result?: unknown; error?: string}
      if (answer.error !== undefined) throw new Error(`${name}: ${answer.error}`)
      return answer.result
    },
    async end() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const exited = once(child, 'exit')
      child.kill('SIGTERM')
      await exited
    },
  }
}

async function readyLine(child: ChildProcessByStdio<Writable, Readable, Readable>): Promise<ReadyLine> {
  let output = ''
  let errors = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text
  })
  return await new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', code => {
      reject(new Error(`The real cluster did not start (exit ${String(code)}):\n${errors}`))
    })
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text
      const line = output.split('\n').find(candidate => candidate.includes('"event": "ready"'))
      if (line !== undefined && output.includes('\n')) resolve(JSON.parse(line) as ReadyLine)
    })
  })
}
