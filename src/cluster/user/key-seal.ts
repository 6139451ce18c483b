import {createCipheriv, createDecipheriv, randomBytes, randomUUID} from 'node:crypto'
import {chmod, link, mkdir, readFile, rm, writeFile} from 'node:fs/promises'
import path from 'node:path'
import {BiomajError} from '../../shared/errors.js'

const secretBytes = 32
const nonceBytes = 12
const tagBytes = 16
const version = 'v1.'

/**
 * Encrypts API keys, so that the database alone, or a copy of it, gives none. The secret is in a file of its own, which
 * is made when it is first needed and readable for its owner alone.
 */
export class KeySeal {
  readonly #file: string | null
  #secret: Promise<Buffer> | undefined

  /** @param file absolute; null for a secret that ends with the process, as for a cluster in memory */
  constructor(file: string | null) {
    this.#file = file
  }

  /** @param owner id of the user: what was sealed for one is of no use for another */
  async seal(key: string, owner: string): Promise<string> {
    const nonce = randomBytes(nonceBytes)
    const cipher = createCipheriv('aes-256-gcm', await this.#readSecret(), nonce).setAAD(Buffer.from(owner))
    const sealed = Buffer.concat([cipher.update(key, 'utf8'), cipher.final()])
    return version + Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url')
  }

  /** Undefined when it was sealed for somebody else, or with a secret that is gone. */
  async open(text: string, owner: string): Promise<string | undefined> {
    const bytes = Buffer.from(text.slice(version.length), 'base64url')
    if (!text.startsWith(version) || bytes.length < nonceBytes + tagBytes) return undefined
    const decipher = createDecipheriv('aes-256-gcm', await this.#readSecret(), bytes.subarray(0, nonceBytes))
      .setAAD(Buffer.from(owner))
      .setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes))
    const opened = decipher.update(bytes.subarray(nonceBytes + tagBytes))
    try {
      return Buffer.concat([opened, decipher.final()]).toString('utf8')
    } catch {
      // `final` throws for nothing but a tag that does not fit.
      return undefined
    }
  }

  #readSecret(): Promise<Buffer> {
    this.#secret ??= this.#file === null ? Promise.resolve(randomBytes(secretBytes)) : secretOf(this.#file)
    // A file that could not be read is tried again the next time.
    this.#secret.catch(() => {
      this.#secret = undefined
    })
    return this.#secret
  }
}

async function secretOf(file: string): Promise<Buffer> {
  try {
    const secret = (await existing(file)) ?? (await made(file))
    if (secret.length === secretBytes) return secret
  } catch (error) {
    throw new BiomajError({
      code: 'config_invalid',
      message: `The secret of the API keys, ${file}, cannot be used: ${error instanceof Error ? error.message : String(error)}`,
      cause: error,
    })
  }
  throw new BiomajError({
    code: 'config_invalid',
    message: `The file ${file} is not a secret of API keys`,
    hint: 'Restore it from a backup; or move it away and renew the keys of all users',
  })
}

async function existing(file: string): Promise<Buffer | undefined> {
  try {
    const text = await readFile(file, 'utf8')
    await chmod(file, 0o600)
    return Buffer.from(text.trim(), 'hex')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

/** Another process may do the same: the first to link its file wins, and nobody ever reads half of one. */
async function made(file: string): Promise<Buffer> {
  await mkdir(path.dirname(file), {recursive: true})
  const own = `${file}.${randomUUID()}`
  await writeFile(own, `${randomBytes(secretBytes).toString('hex')}\n`, {mode: 0o600, flag: 'wx', flush: true})
  try {
    await link(own, file)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  } finally {
    await rm(own, {force: true})
  }
  const secret = await existing(file)
  if (secret === undefined) throw new Error('it was removed while it was made')
  return secret
}
