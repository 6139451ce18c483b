import {stat} from 'node:fs/promises'
import path from 'node:path'
import type {Bank} from '../../model/bank.js'
import {type Answer, message} from '../answer.js'
import {isBankName} from '../bank-name.js'
import {own, text} from '../options.js'
import {bankLocked, bankNotFound, inMaintenance, Refusal, releaseNotFound, usage} from '../refusal.js'
import {announce, type Call, ownedBank} from '../site.js'
import {bankOption, findProduction} from './detail.js'

/** A bank in the store that the caller may change. */
async function registered(call: Call): Promise<Bank> {
  const {bank, registered} = await ownedBank(call, bankOption(call))
  if (registered) return bank
  throw new Refusal({
    code: 'refused',
    message: `Bank "${bank.name}" has never been updated: there is nothing to change yet`,
    hint: 'Update it first.',
  })
}

async function changed(call: Call, bank: string, change: string, details: Record<string, unknown> = {}): Promise<void> {
  call.log.info({bank, change, ...details, user: call.viewer.account?.id}, 'bank changed')
  await announce(call, 'bank', bank, {change, ...details})
}

export async function setOwner(call: Call): Promise<Answer> {
  const {store} = call.site
  const owner = text(call.options, 'owner')
  if (owner === null) throw usage('Owner is missing')
  const {name} = await registered(call)
  if (!(await store.users.get(owner))) throw usage(`There is no user "${owner}"`)
  if (!(await store.banks.change(name, bank => ({...bank, owner})))) throw bankNotFound(name)
  await changed(call, name, 'owner', {owner})
  return message(null)
}

export async function setVisibility(call: Call): Promise<Answer> {
  const visibility = own(call.options, 'visibility')
  if (visibility !== 'public' && visibility !== 'private') throw usage('Valid values are public|private')
  const {name} = await registered(call)
  if (!(await call.site.store.banks.change(name, bank => ({...bank, visibility})))) throw bankNotFound(name)
  await changed(call, name, 'visibility', {visibility})
  return message('Do not forget to update accordingly the visibility.default parameter in the configuration file')
}

/** Moves the releases on disk. */
export async function move(call: Call): Promise<Answer> {
  const directory = text(call.options, 'newdir')
  if (directory === null) throw usage('Directory is missing')
  const bank = await atRest(call)
  const folder = await isFolder(directory)
  if (!folder) {
    throw new Refusal({
      code: 'refused',
      message: 'The directory does not exist on the cluster',
      words: 'Destination directory does not exists',
    })
  }
  if (bank.production.length === 0) {
    throw new Refusal({
      code: 'refused',
      message: 'The bank has no release to move',
      words: 'Nothing to move, no production directory',
    })
  }
  await call.site.engine.move(bank.name, directory)
  await changed(call, bank.name, 'moved', {directory})
  return message(
    `Bank production directories moved to ${directory}\nWARNING: do not forget to update accordingly the data.dir and dir.version properties`,
  )
}

async function isFolder(directory: string): Promise<boolean> {
  if (!path.isAbsolute(directory)) throw usage('The directory must be absolute')
  try {
    return (await stat(directory)).isDirectory()
  } catch (error) {
    if (error instanceof Error && 'code' in error) return false
    throw error
  }
}

export async function rename(call: Call): Promise<Answer> {
  const {store, files, engine} = call.site
  const to = text(call.options, 'newbank')
  if (to === null) throw usage('Bank name is missing')
  if (!isBankName(to)) throw usage('A bank cannot have this name', 'Use letters, digits, "_", "." and "-".')
  const {name} = await atRest(call)
  if ((await store.banks.get(to)) || (await files.exists(to))) {
    throw new Refusal({code: 'bank_exists', message: `There is a bank "${to}" already`})
  }
  await engine.rename(name, to)
  await changed(call, to, 'renamed', {from: name})
  return message(`Bank ${name} renamed to ${to}`)
}

/** A bank of which nothing is queued or running: its folders may be touched. */
async function atRest(call: Call): Promise<Bank> {
  const {store, queue} = call.site
  const bank = await registered(call)
  if (await store.maintenance.get()) throw inMaintenance()
  const lock = await store.locks.get(bank.name)
  if (lock) throw bankLocked(bank.name, lock)
  const states = ['queued', 'running'] as const
  const [job] = await queue.list({kinds: ['update', 'remove', 'repair'], states, bank: bank.name, limit: 1})
  if (job) throw bankLocked(bank.name, {action: job.kind, owner: job.user})
  return bank
}

export async function freeze(call: Call, frozen: boolean): Promise<Answer> {
  const release = text(call.options, 'release')
  if (release === null) throw usage('Bank release is missing')
  const bank = await registered(call)
  const production = findProduction(bank, release)
  if (!production) throw releaseNotFound(bank.name, release)
  await call.site.engine.freeze(bank.name, production.release, frozen)
  await changed(call, bank.name, frozen ? 'frozen' : 'unfrozen', {release: production.release})
  return message(null)
}

export async function publish(call: Call): Promise<Answer> {
  const release = text(call.options, 'release')
  const bank = await registered(call)
  const production = release === null ? bank.production.at(-1) : findProduction(bank, release)
  if (!production) throw releaseNotFound(bank.name, release)
  const published = await call.site.engine.publish(bank.name, production.release)
  await changed(call, bank.name, 'published', {release: published.release})
  return message(null, {release: published.release})
}

export async function unpublish(call: Call): Promise<Answer> {
  const {name} = await registered(call)
  await call.site.engine.unpublish(name)
  await changed(call, name, 'unpublished')
  return message(null)
}
