import {installedPackage} from '../support/package/index.js'
import type {InstalledPackage} from '../support/package/index.js'
import type {TerminalSession} from '../support/pty/index.js'

export interface OpenOptions {
  url: string
  apiKey?: string
  args?: readonly string[]
  env?: Readonly<Record<string, string | undefined>>
  cols?: number
  rows?: number
  home?: string
}

/** Dashboards in terminals of their own; `stop` ends those that still run. */
export class DashboardScene {
  readonly product: InstalledPackage
  readonly #sessions: TerminalSession[] = []

  constructor(product: InstalledPackage) {
    this.product = product
  }

  static async begin(): Promise<DashboardScene> {
    return new DashboardScene(await installedPackage())
  }

  /** Starts `biomaj dashboard` and waits until it is live. */
  async open(options: OpenOptions): Promise<TerminalSession> {
    const session = await this.start(options)
    await session.waitForText(/live, every/, 20_000)
    return session
  }

  async start({url, apiKey = 'JANEKEY001', args = [], env, ...terminal}: OpenOptions): Promise<TerminalSession> {
    const session = await this.product.terminal(['dashboard', '--interval', '1s', ...args], {
      env: {BIOMAJ_PROXY: url, BIOMAJ_APIKEY: apiKey, ...env},
      ...terminal,
    })
    this.#sessions.push(session)
    return session
  }

  async stop(): Promise<void> {
    await Promise.all(this.#sessions.splice(0).map(async session => session.stop()))
  }
}

// oxlint-disable-next-line no-control-regex
const switched = /\u001B\[\?(\d+)([hl])/g

/** The modes that a program switched and did not switch back; none when the terminal is as before. */
export function modesLeft(raw: Buffer): string[] {
  const last = new Map<string, string>()
  for (const [, mode = '', to = ''] of raw.toString('latin1').matchAll(switched)) last.set(mode, to)
  // The cursor is the one that is there unless it is switched off.
  return [...last].filter(([mode, to]) => to !== (mode === '25' ? 'h' : 'l')).map(([mode, to]) => `?${mode}${to}`)
}
