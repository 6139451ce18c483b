import {spawn} from 'node:child_process'
import type {ChildProcess} from 'node:child_process'
import {once} from 'node:events'
import {openSync} from 'node:fs'
import {mkdir, mkdtemp, readFile, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {createInterface} from 'node:readline'
import {fileURLToPath} from 'node:url'
import {admin, folders, user} from './side.ts'
import type {Side, SideOptions, SideRequest} from './side.ts'

const driver = fileURLToPath(new URL('../real_driver.py', import.meta.url))

/** One Python process with unmodified BioMAJ, which opens one cluster after the other. */
export class RealSides {
  readonly #child: ChildProcess
  readonly #home: string
  readonly #answers: AsyncIterator<string>

  private constructor(child: ChildProcess, home: string) {
    this.#child = child
    this.#home = home
    this.#answers = createInterface(child.stdout as NodeJS.ReadableStream)[Symbol.asyncIterator]()
  }

  static async start(): Promise<RealSides> {
    const home = await mkdtemp(path.join(tmpdir(), 'biomaj-differential-'))
    await mkdir(path.join(home, 'prometheus'))
    const child = spawn('/usr/bin/python3', [driver], {
      stdio: ['pipe', 'pipe', openSync(path.join(home, 'driver.log'), 'a')],
      env: {
        PATH: '/usr/local/bin:/usr/bin:/bin',
        HOME: home,
        USER: 'biomaj',
        LOGNAME: 'biomaj',
        LANG: 'C.UTF-8',
        TZ: 'UTC',
        PROMETHEUS_MULTIPROC_DIR: path.join(home, 'prometheus'),
      },
    })
    return new RealSides(child, home)
  }

  async open({globalProperties}: SideOptions): Promise<Side> {
    const root = await mkdtemp(path.join(tmpdir(), 'biomaj-real-'))
    for (const folder of folders) await mkdir(path.join(root, folder))
    const users = [user, admin].map(({name, apiKey}) => ({name, apiKey}))
    await this.#ask({open: {root, users, globalProperties: globalProperties.replaceAll('<root>', root)}})
    return {
      root,
      request: async (request: SideRequest) =>
        (await this.#ask({request: {...request, apiKey: user.apiKey}})) as {status: number; text: string},
      settle: async () => {
        await this.#ask({work: true})
      },
      close: async () => await rm(root, {recursive: true, force: true}),
    }
  }

  async stop(): Promise<void> {
    const exited = once(this.#child, 'exit')
    this.#child.stdin?.end()
    await exited
    await rm(this.#home, {recursive: true, force: true})
  }

  async #ask(command: Record<string, unknown>): Promise<unknown> {
    this.#child.stdin?.write(`${JSON.stringify(command)}\n`)
    const {value, done} = await this.#answers.next()
    const log = async (): Promise<string> => (await readFile(path.join(this.#home, 'driver.log'), 'utf8')).slice(-4000)
    if (done === true) throw new Error(`The driver of BioMAJ ended:\n${await log()}`)
    const answer = JSON.parse(value) as {failure?: string}
    if (answer.failure !== undefined) throw new Error(`${answer.failure}\n${await log()}`)
    return answer
  }
}
