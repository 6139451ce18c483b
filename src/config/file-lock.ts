import {randomUUID} from 'node:crypto'
import fs from 'node:fs'
import {hostname} from 'node:os'
import path from 'node:path'
import {sleep} from '../shared/abort.js'
import {BiomajError} from '../shared/errors.js'
import {ensurePrivateDirectory, hasCode, quote, unusable} from './private-file.js'

const defaultPatienceMs = 10_000
/** A change takes milliseconds; a lock this old has no owner, whatever its process id says today. */
const abandonedAfterMs = 30_000

interface Owner {
  pid: number
  host: string
  token: string
}

/**
 * Runs a change of a file while no other process runs one: read, change and write as one step.
 * The change is synchronous on purpose, so nothing can be awaited while others wait.
 * A lock that a dead process left behind is removed.
 */
export async function withFileLock<Result>(
  file: string,
  change: () => Result,
  {patienceMs = defaultPatienceMs}: {patienceMs?: number} = {},
): Promise<Result> {
  const lock = `${file}.lock`
  ensurePrivateDirectory(path.dirname(file))
  const deadline = performance.now() + patienceMs
  while (!acquire(lock)) {
    breakAbandoned(lock)
    if (performance.now() > deadline) {
      throw new BiomajError({
        code: 'config_invalid',
        message: `Another process has kept ${file} locked for ${patienceMs / 1000} s`,
        hint: `If no other biomaj is running: \`rm -f ${quote(lock)} ${quote(lock)}.break-*\`.`,
      })
    }
    await sleep(2 + Math.random() * 18)
  }
  try {
    return change()
  } finally {
    fs.rmSync(lock, {force: true})
  }
}

function acquire(lock: string): boolean {
  const owner: Owner = {pid: process.pid, host: hostname(), token: randomUUID()}
  try {
    fs.writeFileSync(lock, JSON.stringify(owner), {flag: 'wx', mode: 0o600})
    return true
  } catch (error) {
    // Windows says EPERM for a file that is just being deleted.
    if (hasCode(error, 'EEXIST') || (process.platform === 'win32' && hasCode(error, 'EPERM'))) return false
    throw unusable('lock', lock, error)
  }
}

/**
 * Two processes that find the same dead lock must not both remove it: the slower one would remove the
 * lock that the faster one has taken since. So each lock has a token, and a gate, made with O_EXCL and
 * named by that token, admits one process, which looks once more before it removes.
 */
function breakAbandoned(lock: string): void {
  const token = abandonedToken(lock)
  if (token === undefined) return
  const gate = `${lock}.break-${token}`
  try {
    fs.writeFileSync(gate, '', {flag: 'wx', mode: 0o600})
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return
    throw unusable('lock', gate, error)
  }
  if (abandonedToken(lock) === token) fs.rmSync(lock, {force: true})
  fs.rmSync(gate, {force: true})
}

function abandonedToken(lock: string): string | undefined {
  try {
    const stat = fs.statSync(lock)
    const isOld = Date.now() - stat.mtimeMs > abandonedAfterMs
    const owner = parseOwner(fs.readFileSync(lock, 'utf8'))
    // Between its creation and its first byte a lock is empty; only age can condemn that one.
    if (!owner) return isOld ? `${stat.ino}-${Math.trunc(stat.mtimeMs)}` : undefined
    return isOld || (owner.host === hostname() && !isRunning(owner.pid)) ? owner.token : undefined
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined
    throw unusable('lock', lock, error)
  }
}

function parseOwner(text: string): Owner | undefined {
  const match = /^\{"pid":(\d+),"host":"([^"\\]*)","token":"([0-9a-f-]+)"\}$/.exec(text)
  const [, pid, host, token] = match ?? []
  return pid !== undefined && host !== undefined && token !== undefined ? {pid: Number(pid), host, token} : undefined
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return !hasCode(error, 'ESRCH')
  }
}
