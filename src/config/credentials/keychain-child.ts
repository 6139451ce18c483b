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
  const entry = new AsyncEntry(service, account, store === 'any' ? undefined : {linux: {store}})
  return operations[operation](entry, secret)
}

const operations: Record<KeychainRequest['operation'], (entry: Entry, secret: string) => Promise<KeychainAnswer>> = {
  async get(entry) {
    const secret = await entry.getPassword()
    return secret === null ? {outcome: 'done'} : {outcome: 'done', secret}
  },

  async set(entry, secret) {
    await entry.setPassword(secret)
    return (await entry.getPassword()) === secret ? {outcome: 'done'} : failed('platform', lost)
  },

  async delete(entry) {
    return {outcome: 'done', deleted: await entry.deletePassword()}
  },

  async probe(entry, secret) {
    await entry.setPassword(secret)
    const isKept = (await entry.getPassword()) === secret
    const isDeleted = await entry.deletePassword()
    return isKept && isDeleted ? {outcome: 'done'} : failed('platform', lost)
  },
}

const lost = 'it took a value and did not give it back'

function failed(problem: 'module' | 'platform', error: unknown): KeychainAnswer {
  return {outcome: 'failed', problem, message: error instanceof Error ? error.message : String(error)}
}

process.stdout.write(JSON.stringify(await answer(JSON.parse(await text(process.stdin)) as KeychainRequest)))
