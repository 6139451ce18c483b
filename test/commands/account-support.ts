import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {createInterface} from 'node:readline'
import {onTestFinished} from 'vitest'
import {missingPrograms} from '../config/support.js'
import {type CommandClass, type CommandRun, type RunCommandOptions, runCommand} from '../support/run-command.js'
import {
  type ScriptedCluster,
  type ScriptedClusterOptions,
  startScriptedCluster,
} from '../support/scripted-cluster/index.js'

export const adaPassword = 'CANARYpassword7Q'
export const adaKey = 'CANARYkey4Z'
export const users = [
  {name: 'ada', password: adaPassword, apiKey: adaKey, email: 'ada@example.org', admin: false},
  {name: 'bob', password: 'bob-secret', apiKey: 'BOBKEY0001', email: 'bob@example.org', admin: true},
]

/** A cluster with ada and bob, gone when the test ends. */
export async function clusterWithUsers(options: ScriptedClusterOptions = {}): Promise<ScriptedCluster> {
  const cluster = await startScriptedCluster({users, ...options})
  onTestFinished(async () => cluster.stop())
  return cluster
}

/** One person at one machine: commands that share a HOME. */
export interface Person {
  home: string
  run(Class: CommandClass, argv: string[], options?: Omit<RunCommandOptions, 'home'>): Promise<CommandRun>
  /** Texts of all files of HOME, by their paths. */
  files(): Map<string, string>
  contexts(): unknown
}

/** `hidden` texts, such as ports and paths that differ each time, are replaced in what commands print. */
export function newPerson({
  env = {},
  hidden = {},
}: {
  env?: Record<string, string>
  hidden?: Record<string, string>
} = {}): Person {
  const home = mkdtempSync(path.join(tmpdir(), 'biomaj-home-'))
  onTestFinished(() => rmSync(home, {recursive: true, force: true}))
  const masks = Object.entries({...hidden, [home]: '~'})
  const masked = (text: string) => masks.reduce((result, [from, to]) => result.replaceAll(from, to), text)
  const contextFile = path.join(home, '.config/biomaj/contexts.json')
  return {
    home,
    async run(Class, argv, options = {}) {
      const run = await runCommand(Class, argv, {...options, home, env: {...env, ...options.env}})
      return {...run, stdout: masked(run.stdout), stderr: masked(run.stderr)}
    },
    files: () =>
      new Map(
        readdirSync(home, {recursive: true, withFileTypes: true})
          .filter(entry => entry.isFile())
          .map(({parentPath, name}) => path.join(parentPath, name))
          .map(file => [path.relative(home, file), readFileSync(file, 'latin1')]),
      ),
    contexts: () => (existsSync(contextFile) ? (JSON.parse(readFileSync(contextFile, 'utf8')) as unknown) : undefined),
  }
}

/** What a person's commands print of a cluster's changing port. */
export function hiddenPort(url: string): Record<string, string> {
  const {port} = new URL(url)
  return {[`:${port}`]: ':PORT', [`-${port}`]: '-PORT'}
}

/** A list of contexts as a person may have it. */
export function writeContexts(home: string, contexts: Record<string, object>, current?: string): void {
  const directory = path.join(home, '.config/biomaj')
  mkdirSync(directory, {recursive: true, mode: 0o700})
  const text = JSON.stringify({version: 1, ...(current === undefined ? {} : {current}), contexts})
  writeFileSync(path.join(directory, 'contexts.json'), text, {mode: 0o600})
}

/** Why there is no test with a real keyring; undefined when there is one, or when it is required. */
export function noKeyring(): string | undefined {
  const missing = missingPrograms('dbus-run-session', 'gnome-keyring-daemon')
  if (missing.length === 0 || process.env['BIOMAJ_TEST_REQUIRE_KEYRING'] === '1') return undefined
  return `this machine lacks ${missing.join(' and ')}`
}

export interface KeyringSession {
  env: Record<string, string>
  /** All files of the keyring. */
  home: string
}

/** GNOME Keyring, unlocked, on a D-Bus session of its own, until the test ends. */
export async function keyringSession(): Promise<KeyringSession> {
  const home = mkdtempSync(path.join(tmpdir(), 'biomaj-keyring-'))
  const own = {XDG_RUNTIME_DIR: path.join(home, 'run'), HOME: home, PATH: process.env['PATH'] ?? ''}
  mkdirSync(own.XDG_RUNTIME_DIR, {mode: 0o700})
  const unlock = 'printf pw | gnome-keyring-daemon --unlock --components=secrets >/dev/null'
  const script = `${unlock}; echo "$DBUS_SESSION_BUS_ADDRESS"; exec cat`
  const session = spawn('dbus-run-session', ['--', 'bash', '-c', script], {env: own, stdio: ['pipe', 'pipe', 'ignore']})
  onTestFinished(async () => {
    session.stdin.end()
    if (session.exitCode === null) await once(session, 'exit')
    rmSync(home, {recursive: true, force: true})
  })
  const [address] = (await once(createInterface(session.stdout), 'line')) as [string]
  return {env: {DBUS_SESSION_BUS_ADDRESS: address, XDG_RUNTIME_DIR: own.XDG_RUNTIME_DIR}, home}
}
