import {randomUUID} from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import {BiomajError} from '../../shared/errors.js'
import {Secret} from '../../shared/secret.js'
import {withFileLock} from '../file-lock.js'
import {
  ensurePrivateDirectory,
  hasCode,
  quote,
  readPrivateFile,
  requirePrivate,
  writePrivateFile,
} from '../private-file.js'
import type {CredentialStore} from './credential-store.js'

/**
 * Keys in a file that only the user may read, not encrypted: for `--insecure-storage` and nothing else.
 * The file is 0600 in a directory 0700 of its own; anything weaker is refused, not mended.
 */
export class CredentialFile implements CredentialStore {
  readonly kind = 'file'
  readonly backend: string
  readonly #file: string

  /** `directory` is `Paths.data`. */
  constructor(directory: string) {
    this.#file = path.join(directory, 'credentials', 'keys.json')
    this.backend = `file ${this.#file} (not encrypted)`
  }

  async get(account: string): Promise<Secret | undefined> {
    const key = this.#read().get(account)
    return key === undefined ? undefined : new Secret(key)
  }

  async set(account: string, secret: Secret): Promise<void> {
    await this.#change(keys => keys.set(account, secret.reveal()))
  }

  async delete(account: string): Promise<boolean> {
    if (!this.#read().has(account)) return false
    let wasThere = false
    await this.#change(keys => {
      wasThere = keys.delete(account)
    })
    return wasThere
  }

  async probe(): Promise<void> {
    const account = `probe-${randomUUID()}`
    await this.set(account, new Secret(randomUUID()))
    await this.delete(account)
  }

  async #change(change: (keys: Map<string, string>) => void): Promise<void> {
    ensurePrivateDirectory(path.dirname(this.#file))
    requirePrivateDirectory(path.dirname(this.#file))
    await withFileLock(this.#file, () => {
      const keys = this.#read()
      change(keys)
      if (keys.size === 0) fs.rmSync(this.#file, {force: true})
      else writePrivateFile(this.#file, `${JSON.stringify({version: 1, keys: Object.fromEntries(keys)})}\n`)
    })
  }

  #read(): Map<string, string> {
    requirePrivateDirectory(path.dirname(this.#file))
    const text = readPrivateFile(this.#file)
    return text === undefined ? new Map() : parseKeys(text, this.#file)
  }
}

function requirePrivateDirectory(directory: string): void {
  let stat: fs.Stats
  try {
    stat = fs.lstatSync(directory)
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return
    throw error
  }
  if (!stat.isDirectory()) {
    throw new BiomajError({
      code: 'config_invalid',
      message: `${directory} is not a directory of its own`,
      hint: `Move it away: \`mv ${quote(directory)} ${quote(`${directory}.old`)}\`.`,
    })
  }
  requirePrivate(directory, stat, '700')
}

function parseKeys(text: string, file: string): Map<string, string> {
  // No cause is kept: a JSON error quotes the text around it, and that text is keys.
  const invalid = () =>
    new BiomajError({
      code: 'config_invalid',
      message: `${file} is not a valid file of keys`,
      hint: `Move it away and log in again: \`mv ${quote(file)} ${quote(`${file}.bad`)}\`.`,
    })
  let root: unknown
  try {
    root = JSON.parse(text)
  } catch {
    throw invalid()
  }
  if (!isRecord(root) || root['version'] !== 1 || !isRecord(root['keys'])) throw invalid()
  const keys = new Map<string, string>()
  for (const [account, key] of Object.entries(root['keys'])) {
    if (typeof key !== 'string') throw invalid()
    keys.set(account, key)
  }
  return keys
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
