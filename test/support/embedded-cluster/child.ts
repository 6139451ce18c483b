import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {createInterface} from 'node:readline'
import {installedPackage} from '../package/index.js'

export interface ChildOptions {
  port: number
  flags?: Readonly<Record<string, string>> | undefined
}

export interface Child {
  url: string
  port: number
  pid: number
  stop(): Promise<void>
  kill(): Promise<void>
}

/** `biomaj cluster start` of the packed and installed product, in a process of its own that ends with this one. */
export async function startChild(root: string, {port, flags = {}}: ChildOptions): Promise<Child> {
  const {command} = await installedPackage()
  const settings = Object.entries({'cluster.log.level': 'debug', ...flags}).map(
    ([key, value]) => [`BIOMAJ_${key.toUpperCase().replaceAll('.', '_')}`, value] as const,
  )
  // Only a new cluster can be told what to begin with; one that starts again has its port.
  const seed = port === 0 ? ['--seed', 'none'] : []
  const args = ['cluster', 'start', '--data', root, '--port', String(port), ...seed, '--no-context', '--json']
  const child = spawn(command, args, {
    cwd: root,
    env: {PATH: process.env['PATH'], HOME: root, LANG: 'C.UTF-8', TZ: 'UTC', ...Object.fromEntries(settings)},
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  const ended = once(child, 'exit').then(() => undefined)
  const line = await new Promise<string>((resolve, reject) => {
    createInterface(child.stdout).on('line', text => {
      if (text.startsWith('{"event":"ready"')) resolve(text)
      else said += `${text}\n`
    })
    child.once('error', reject)
    // After its last words.
    child.once('close', code => reject(new Error(`The cluster did not start (exit ${String(code)}):\n${said}`)))
  })
  const ready = JSON.parse(line) as {url: string; port: number; pid: number}
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    child.kill(signal)
    await ended
  }
  return {...ready, stop: async () => await end('SIGTERM'), kill: async () => await end('SIGKILL')}
}
