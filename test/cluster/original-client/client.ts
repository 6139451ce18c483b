import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {existsSync} from 'node:fs'
import {createInterface} from 'node:readline'
import {fileURLToPath} from 'node:url'

const program = '/usr/bin/biomaj-cli.py'
const driver = fileURLToPath(new URL('client_driver.py', import.meta.url))

/** Whether Debian's python3-biomaj3-cli is installed. */
export function originalClientAvailable(): boolean {
  return existsSync(program)
}

export interface OriginalClient {
  /** What BioMAJ's own client prints for these arguments. */
  say(argv: readonly string[]): Promise<string>
  stop(): Promise<void>
}

export function startOriginalClient(home: string): OriginalClient {
  const env = {PATH: '/usr/bin:/bin', HOME: home, LANG: 'C.UTF-8', TZ: 'UTC'}
  const child = spawn('/usr/bin/python3', [driver], {env, stdio: ['pipe', 'pipe', 'inherit']})
  const answers = createInterface(child.stdout)[Symbol.asyncIterator]()
  return {
    async say(argv) {
      child.stdin.write(`${JSON.stringify(argv)}\n`)
      const {value, done} = await answers.next()
      if (done === true) throw new Error(`The original client died of ${argv.join(' ')}`)
      return JSON.parse(value) as string
    },
    async stop() {
      const exited = once(child, 'exit')
      child.stdin.end()
      await exited
    },
  }
}
