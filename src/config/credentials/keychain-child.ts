/**
 * An own process, because the native module can block the event loop for ever on a D-Bus socket that
 * accepts and never answers: no timer fires then, not even a worker's exit helps; only SIGKILL ends it.
 * Imports nothing of ours, so that it starts fast. Secrets come by stdin and leave by stdout, nowhere else.
 */
import {text} from 'node:stream/consumers'
import type {KeychainAnswer, KeychainRequest} from './keychain-protocol.js'

type Keyring = typeof import('@napi-rs/keyring')
type Entry = InstanceType<Keyring['AsyncEntry']>

async function answer(request: KeychainRequest): Promise<KeychainAnswer> {
  let keyring: Keyring
  try {
    keyring = await import('@napi-rs/keyring')
  } catch (error) {
    return failed('module', error)
  }
  try {
    return await perform(keyring, request)
  } catch (error) {
    return failed('platform', error)
  }
}

async function perform({AsyncEntry}: Keyring, request: KeychainRequest): Promise<KeychainAnswer> {
  const {operation, store, service, account, secret = ''} = request
  const run = async () =>
    operations[operation](new AsyncEntry(service, account, store === 'any' ? undefined : {linux: {store}}), secret)
  if (store !== 'keyutils') return run()
  // A process without a session keyring of its own, as in a container or below cron, is denied its first
  // access and thereby joined to its user's; from then on it is served.
  try {
    return await run()
  } catch {
    return run()
  }
}

const operations: Record<KeychainRequest['operation'], (entry: Entry, secret: string) => Promise<KeychainAnswer>> = {
  async get(entry) {
    const secret = await entry.getPassword()
    return secret === null ? {outcome: 'done'} : {outcome: 'done', secret}
  },

  async set(entry, secret) {
    await entry.setPassword(secret)
    if ((await entry.getPassword()) === secret) return {outcome: 'done'}
    return failed('platform', 'it took a value and did not give it back')
  },

  async delete(entry) {
    return {outcome: 'done', deleted: await entry.deletePassword()}
  },
}

function failed(problem: 'module' | 'platform', error: unknown): KeychainAnswer {
  return {outcome: 'failed', problem, message: error instanceof Error ? error.message : String(error)}
}

process.stdout.write(JSON.stringify(await answer(JSON.parse(await text(process.stdin)) as KeychainRequest)))
