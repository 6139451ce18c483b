import {readdir, readFile, readlink} from 'node:fs/promises'
import {sanitise} from '../../shared/sanitise.js'

export interface PortHolder {
  pid: number
  /** Command line, safe to print. */
  command: string
}

const listening = '0A'

/**
 * The process that listens on a TCP port, as far as this user may see it; undefined where it may not, and on systems
 * without `/proc`.
 */
export async function findPortHolder(port: number, proc = '/proc'): Promise<PortHolder | undefined> {
  const sockets = new Set<string>()
  for (const table of ['tcp', 'tcp6']) {
    for (const inode of await listeningInodes(`${proc}/net/${table}`, port)) sockets.add(`socket:[${inode}]`)
  }
  if (sockets.size === 0) return undefined
  const pids = (await entriesOf(proc)).filter(name => /^\d+$/.test(name))
  for (const pid of pids) {
    if (await holdsOne(`${proc}/${pid}/fd`, sockets)) {
      return {pid: Number(pid), command: await commandOf(`${proc}/${pid}/cmdline`)}
    }
  }
  return undefined
}

async function listeningInodes(table: string, port: number): Promise<string[]> {
  const wanted = port.toString(16).toUpperCase().padStart(4, '0')
  return (await textOf(table))
    .split('\n')
    .slice(1)
    .map(line => line.trim().split(/\s+/))
    .filter(([, local, , state]) => state === listening && local?.endsWith(`:${wanted}`))
    .flatMap(columns => columns[9] ?? [])
}

async function holdsOne(folder: string, sockets: ReadonlySet<string>): Promise<boolean> {
  for (const name of await entriesOf(folder)) {
    try {
      if (sockets.has(await readlink(`${folder}/${name}`))) return true
    } catch (error) {
      expectGone(error)
    }
  }
  return false
}

async function commandOf(file: string): Promise<string> {
  return sanitise((await textOf(file)).replaceAll('\0', ' ').trim(), {maxLength: 200})
}

async function entriesOf(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    expectGone(error)
    return []
  }
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    expectGone(error)
    return ''
  }
}

/** Processes end while they are looked at, and those of other users keep their files to themselves. */
function expectGone(error: unknown): void {
  const code = (error as NodeJS.ErrnoException).code
  if (code === undefined || !['ENOENT', 'ESRCH', 'EACCES', 'EPERM', 'ENOTDIR', 'EINVAL'].includes(code)) throw error
}
