import {spawnSync} from 'node:child_process'
import {mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync} from 'node:fs'
import {createServer, type Socket} from 'node:net'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {fileURLToPath} from 'node:url'
import {build} from 'esbuild'
import {expect, onTestFinished} from 'vitest'
import {BiomajError, type ErrorCode} from '../../src/shared/errors.js'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** A directory of mode 0700 that is gone when the test ends. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'biomaj-config-'))
  onTestFinished(() => rmSync(directory, {recursive: true, force: true}))
  return directory
}

/** Bundles a source file as the build does; the result is `<directory>/<name>.mjs`. Packages are found unless left out. */
export async function bundle(
  source: string,
  {directory, packages = true}: {directory: string; packages?: boolean},
): Promise<string> {
  mkdirSync(directory, {recursive: true})
  const outfile = path.join(directory, `${path.basename(source, '.ts')}.mjs`)
  await build({
    entryPoints: [path.join(root, source)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    external: ['@napi-rs/keyring'],
    banner: {js: "import {createRequire} from 'node:module';const require=createRequire(import.meta.url);"},
    logLevel: 'error',
  })
  if (packages) symlinkSync(path.join(root, 'node_modules'), path.join(directory, 'node_modules'))
  return outfile
}

/** The failure of a call as facts, so that a table can state them. */
export async function failure(call: () => unknown): Promise<BiomajError> {
  try {
    await call()
  } catch (error) {
    if (!(error instanceof BiomajError)) throw error
    expect(`${error.message}${error.hint ?? ''}`, 'message and hint are one line each').not.toMatch(/\n/)
    return error
  }
  throw new Error('the call did not fail')
}

export async function failureCode(call: () => unknown): Promise<ErrorCode> {
  return (await failure(call)).code
}

export interface TrapBus {
  /** For `DBUS_SESSION_BUS_ADDRESS`. */
  address: string
  connections(): number
  /** Hangs up on everybody. */
  close(): void
}

/** A D-Bus socket that accepts, reads and never answers, as a half-dead session has it. */
export async function trapBus(): Promise<TrapBus> {
  const sockets: Socket[] = []
  const file = path.join(temporaryDirectory(), 'bus')
  const server = createServer(socket => {
    sockets.push(socket)
    socket.on('error', () => undefined).resume()
  })
  await new Promise<void>(resolve => void server.listen(file, resolve))
  const close = () => {
    for (const socket of sockets) socket.destroy()
    server.close()
  }
  onTestFinished(close)
  return {address: `unix:path=${file}`, connections: () => sockets.length, close}
}

export interface RunningProcess {
  pid: number
  command: string
  environment: string
}

/** The processes whose command line holds a text. Linux only. */
export function processesWith(text: string): RunningProcess[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name) && Number(name) !== process.pid)
    .map(pid => ({pid: Number(pid), command: readProcess(pid, 'cmdline'), environment: readProcess(pid, 'environ')}))
    .filter(({command}) => command.includes(text))
}

function readProcess(pid: string, file: 'cmdline' | 'environ'): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    // It ended while we looked, or belongs to another user.
    return ''
  }
}

/** Those of the programs that this machine lacks. */
export function missingPrograms(...programs: string[]): string[] {
  return programs.filter(program => spawnSync('sh', ['-c', `command -v ${program}`]).status !== 0)
}
