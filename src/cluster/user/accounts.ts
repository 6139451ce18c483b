import {createHash, randomBytes, timingSafeEqual} from 'node:crypto'
import {BiomajError} from '../../shared/errors.js'
import type {User} from '../model/records.js'
import type {Store, UserStore} from '../store/store.js'
import {KeySeal} from './key-seal.js'
import {Passwords} from './passwords.js'

/** A user without secrets. */
export type Account = Pick<User, 'id' | 'email' | 'admin' | 'createdAtMs'> & {hasPassword: boolean}

export interface NewAccount {
  id: string
  /** Empty without. */
  email?: string | undefined
  /** Without one the user has only the key. */
  password?: string | undefined
  /** bcrypt hash of another BioMAJ, instead of a password. */
  passwordHash?: string | undefined
  /** Any text, as for a key that comes from another BioMAJ; a long random one when absent. */
  key?: string | undefined
  admin?: boolean | undefined
}

export interface Login {
  account: Account
  apiKey: string
}

/** 160 bits. */
const keyBytes = 20
const maxKeyLength = 1000
const maxIdLength = 100

/** Who may do what: users, their keys and passwords. Refusals are `BiomajError`s with `refused` or `usage`. */
export class Accounts {
  readonly #users: UserStore
  readonly #seal: KeySeal
  readonly #passwords = new Passwords()
  readonly #nowMs: () => number

  constructor({users, seal, nowMs}: {users: UserStore; seal: KeySeal; nowMs: () => number}) {
    this.#users = users
    this.#seal = seal
    this.#nowMs = nowMs
  }

  async add({id, email = '', password, passwordHash, key = newKey(), admin = false}: NewAccount): Promise<Login> {
    checkId(id)
    checkEmail(email)
    if (passwordHash !== undefined) checkHash(passwordHash)
    if ((await this.#users.get(id)) !== undefined) throw refused(`There is a user ${id} already`)
    const user: User = {
      id,
      email,
      passwordHash: passwordHash ?? (password === undefined ? null : await this.#passwords.hash(password)),
      ...(await this.#keyOf(id, key)),
      admin,
      createdAtMs: this.#nowMs(),
    }
    if (!(await this.#users.insert(user))) throw refused(`There is a user ${id} already`)
    return {account: accountOf(user), apiKey: key}
  }

  /** By id. */
  async list(): Promise<Account[]> {
    return (await this.#users.list()).map(user => accountOf(user))
  }

  async get(id: string): Promise<Account | undefined> {
    const user = await this.#users.get(id)
    return user && accountOf(user)
  }

  /** Whose key this is. */
  async byKey(key: string): Promise<Account | undefined> {
    if (key === '' || key.length > maxKeyLength) return undefined
    const hash = hashOf(key)
    const user = await this.#users.byKeyHash(hash)
    if (user === undefined || !timingSafeEqual(Buffer.from(user.keyHash), Buffer.from(hash))) return undefined
    return accountOf(user)
  }

  /**
   * The account and its key, or undefined when user and password do not fit; a wrong password and an unknown user take
   * the same time. `user` is the id, or the e-mail address of a user whose id it is not.
   *
   * @throws BiomajError `refused` when the key was not kept and must be renewed
   */
  async login({user: name, password}: {user: string; password: string}): Promise<Login | undefined> {
    const user = (await this.#users.get(name)) ?? (name.includes('@') ? await this.#users.byEmail(name) : undefined)
    const fits = await this.#passwords.verify(password, user?.passwordHash ?? null)
    if (!fits || user === undefined) return undefined
    const key = user.keySealed == null ? undefined : await this.#seal.open(user.keySealed, user.id)
    if (key === undefined) {
      throw refused(
        `The API key of ${user.id} cannot be shown any more`,
        `Renew it: biomaj cluster user renew ${user.id}`,
      )
    }
    return {account: accountOf(user), apiKey: key}
  }

  /** The new key; the old one is no key from now on. */
  async renewKey(id: string): Promise<string> {
    const key = newKey()
    await this.setKey(id, key)
    return key
  }

  /** Gives a user a key of another BioMAJ. */
  async setKey(id: string, key: string): Promise<Account> {
    const fields = await this.#keyOf(id, key)
    return this.#change(id, user => ({...user, ...fields}))
  }

  async setPassword(id: string, password: string | null): Promise<Account> {
    const passwordHash = password === null ? null : await this.#passwords.hash(password)
    return this.#change(id, user => ({...user, passwordHash}))
  }

  setEmail(id: string, email: string): Promise<Account> {
    checkEmail(email)
    return this.#change(id, user => ({...user, email}))
  }

  setAdmin(id: string, admin: boolean): Promise<Account> {
    return this.#change(id, user => ({...user, admin}))
  }

  async remove(id: string): Promise<void> {
    if (!(await this.#users.remove(id))) throw unknown(id)
  }

  async #keyOf(id: string, key: string): Promise<Pick<User, 'keyHash' | 'keySealed'>> {
    if (key.trim() === '' || key.length > maxKeyLength) {
      throw usage(`An API key has 1 to ${maxKeyLength} characters`)
    }
    return {keyHash: hashOf(key), keySealed: await this.#seal.seal(key, id)}
  }

  async #change(id: string, change: (user: User) => User): Promise<Account> {
    const user = await this.#users.change(id, change)
    if (user === undefined) throw unknown(id)
    return accountOf(user)
  }
}

/**
 * @param keyFile absolute; holds the secret that seals the keys, `accounts.key` beside the database. All processes that
 * change or log in users of one store need the same. null: in memory, and `login` gives no key after a restart
 */
export function createAccounts({
  store,
  keyFile,
  nowMs = Date.now,
}: {
  store: Pick<Store, 'users'>
  keyFile: string | null
  nowMs?: (() => number) | undefined
}): Accounts {
  return new Accounts({users: store.users, seal: new KeySeal(keyFile), nowMs})
}

/** Letters and digits: fits into a header, an URL and a double click. */
function newKey(): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
  let bits = 0
  let held = 0
  let text = ''
  for (const byte of randomBytes(keyBytes)) {
    held = (held << 8) | byte
    bits += 8
    while (bits >= 5) {
      bits -= 5
      text += alphabet.charAt((held >> bits) & 31)
      held &= (1 << bits) - 1
    }
  }
  return text
}

function hashOf(key: string): string {
  return createHash('sha256').update(key).digest('hex')
}

function accountOf({id, email, admin, createdAtMs, passwordHash}: User): Account {
  return {id, email, admin, createdAtMs, hasPassword: passwordHash !== null}
}

/** Ids stand in URLs, and in BioMAJ's lists of administrators, which commas divide. */
function checkId(id: string): void {
  if (id === '' || id.length > maxIdLength || id === '.' || id === '..' || /[\s,/\\?#%\p{C}]/u.test(id)) {
    throw usage(`A user's id has 1 to ${maxIdLength} characters, and no spaces, commas, slashes, or any of ?, # and %`)
  }
}

function checkEmail(email: string): void {
  if (email.length > 320 || /[\s\p{C}]/u.test(email)) throw usage('An e-mail address has no spaces')
}

function checkHash(hash: string): void {
  if (!/^\$2[aby]\$(0[4-9]|[12]\d|3[01])\$[./A-Za-z0-9]{53}$/.test(hash)) throw usage('This is no bcrypt hash')
}

function unknown(id: string): BiomajError {
  return refused(`There is no user ${id}`)
}

function refused(message: string, hint?: string): BiomajError {
  return new BiomajError({code: 'refused', message, hint})
}

function usage(message: string): BiomajError {
  return new BiomajError({code: 'usage', message})
}
