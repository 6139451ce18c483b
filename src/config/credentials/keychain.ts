import {spawn} from 'node:child_process'
import {randomUUID} from 'node:crypto'
import {BiomajError} from '../../shared/errors.js'
import {sanitise} from '../../shared/sanitise.js'
import {Secret} from '../../shared/secret.js'
import type {Environment} from '../environment.js'
import type {CredentialStore} from './credential-store.js'
import type {KeychainAnswer, KeychainRequest} from './keychain-protocol.js'

const service = 'biomaj'
const patienceMs = 3000
/** Long enough to type the password of a locked keyring into the desktop's dialog. */
const interactivePatienceMs = 60_000
const maxAnswerBytes = 64 * 1024

export interface KeychainOptions {
  kind: 'keychain' | 'session-keyring'
  /** Path of the built `keychain-child.js`. */
  childScript: string
  env: Environment
  platform: NodeJS.Platform
  /** Wait 60 s instead of 3 s: the system may ask the user to unlock the keychain. Only for `login`. */
  interactive?: boolean
}

/**
 * The system's keychain, or the Linux kernel's keyring when that one is asked for by name.
 * Each call is a child process that is killed when it does not answer in time. Every failure is
 * `keychain_unavailable` with its reason and the ways out.
 */
export class Keychain implements CredentialStore {
  readonly kind: KeychainOptions['kind']
  readonly backend: string
  readonly #options: KeychainOptions

  constructor(options: KeychainOptions) {
    this.kind = options.kind
    this.backend = backendOf(options)
    this.#options = options
    if (options.kind === 'session-keyring' && options.platform !== 'linux') {
      throw unavailable('only Linux has a kernel keyring')
    }
  }

  async get(account: string): Promise<Secret | undefined> {
    const {secret} = await this.#ask({operation: 'get', account})
    return secret === undefined ? undefined : new Secret(secret)
  }

  async set(account: string, secret: Secret): Promise<void> {
    await this.#ask({operation: 'set', account, secret: secret.reveal()})
  }

  async delete(account: string): Promise<boolean> {
    const {deleted} = await this.#ask({operation: 'delete', account})
    return deleted === true
  }

  /** Each step is a process of its own: a value that dies with the process that set it is not kept. */
  async probe(): Promise<void> {
    const account = `probe-${randomUUID()}`
    const value = randomUUID()
    await this.set(account, new Secret(value))
    const found = await this.get(account)
    await this.delete(account)
    if (found?.reveal() !== value) throw unavailable('it took a value and did not give it back')
  }

  async #ask(request: Pick<KeychainRequest, 'operation' | 'account' | 'secret'>): Promise<Done> {
    const {kind, platform, childScript, env, interactive = false} = this.#options
    const store = platform !== 'linux' ? 'any' : kind === 'session-keyring' ? 'keyutils' : 'secret-service'
    const answer = await askChild({
      childScript,
      env,
      patienceMs: interactive ? interactivePatienceMs : patienceMs,
      request: {...request, store, service},
    })
    if (answer.outcome === 'done') return answer
    throw unavailable(reasonOf(answer, env), answer.message)
  }
}

type Done = Extract<KeychainAnswer, {outcome: 'done'}>
type Failed = Extract<KeychainAnswer, {outcome: 'failed'}>

interface ChildCall {
  childScript: string
  env: Environment
  patienceMs: number
  request: KeychainRequest
}

async function askChild({childScript, env, patienceMs, request}: ChildCall): Promise<KeychainAnswer> {
  const {promise, resolve, reject} = Promise.withResolvers<KeychainAnswer>()
  const child = spawn(process.execPath, [childScript], {
    env: withoutSecrets(env),
    stdio: ['pipe', 'pipe', 'ignore'],
    windowsHide: true,
  })
  const kill = () => child.kill('SIGKILL')
  const timer = setTimeout(() => {
    kill()
    reject(unavailable(`it did not answer within ${patienceMs / 1000} s`))
  }, patienceMs)
  // A command that ends early, on Ctrl-C for instance, must not leave a blocked child behind.
  process.once('exit', kill)

  const chunks: Buffer[] = []
  let bytes = 0
  child.stdout.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes > maxAnswerBytes) kill()
    else chunks.push(chunk)
  })
  child.on('error', error => reject(unavailable(`its helper process cannot start (${error.message})`)))
  child.on('close', (status, signal) => {
    const answer = parseAnswer(Buffer.concat(chunks).toString('utf8'))
    if (answer) resolve(answer)
    else
      reject(
        unavailable(`its helper process ended ${signal ? `by ${signal}` : `with status ${status}`} without an answer`),
      )
  })
  // A child that is gone before it read its request says so by its status; the broken pipe adds nothing.
  child.stdin.on('error', () => undefined)
  child.stdin.end(JSON.stringify(request))

  try {
    return await promise
  } finally {
    clearTimeout(timer)
    process.removeListener('exit', kill)
  }
}

/** Our own secrets stay out of the child's environment, and so does what would make Node load or trace something. */
function withoutSecrets(env: Environment): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^(BIOMAJ|NODE)_/i.test(name)))
}

function parseAnswer(json: string): KeychainAnswer | undefined {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch {
    // Not JSON: the child died while it wrote. The caller reports its end.
    return undefined
  }
  return isAnswer(value) ? value : undefined
}

function isAnswer(value: unknown): value is KeychainAnswer {
  if (typeof value !== 'object' || value === null || !('outcome' in value)) return false
  if (value.outcome === 'failed') return 'message' in value && typeof value.message === 'string' && 'problem' in value
  return value.outcome === 'done' && (!('secret' in value) || typeof value.secret === 'string')
}

function backendOf({kind, platform}: KeychainOptions): string {
  if (kind === 'session-keyring') return 'kernel keyring (this boot only)'
  if (platform === 'darwin') return 'macOS Keychain'
  return platform === 'win32' ? 'Windows Credential Manager' : 'Secret Service'
}

function reasonOf({problem, message}: Failed, env: Environment): string {
  if (problem === 'module') return `its native module does not load on ${process.platform}-${process.arch}`
  if (/no result found/i.test(message)) return 'the Secret Service has no default collection (no keyring was ever made)'
  if (/dbus/i.test(message) && !env['DBUS_SESSION_BUS_ADDRESS'])
    return 'there is no D-Bus session (DBUS_SESSION_BUS_ADDRESS is not set)'
  if (/AccessDenied/.test(message)) return 'the system denied access to it'
  return sanitise(message, {maxLength: 160})
}

function unavailable(reason: string, systemMessage?: string): BiomajError {
  return new BiomajError({
    code: 'keychain_unavailable',
    message: `The keychain cannot be used: ${reason}`,
    hint: 'Set BIOMAJ_APIKEY, or log in with --insecure-storage to keep the key in a file of mode 0600.',
    details: systemMessage === undefined ? undefined : {systemMessage: sanitise(systemMessage, {maxLength: 500})},
  })
}
