import {BiomajError} from '../../shared/errors.js'
import {sanitise} from '../../shared/sanitise.js'
import {isBankName} from '../daemon/bank-name.js'
import type {CronEntry} from '../model/records.js'
import type {WallClock} from '../services/wall-clock.js'
import type {Store} from '../store/store.js'
import {parseCron} from './cron-expression.js'

export type NewCronEntry = Omit<CronEntry, 'lastDueAtMs'>

export interface CronEntriesOptions {
  store: Pick<Store, 'schedule' | 'users'>
  clock: WallClock
  /** IANA name; undefined for that of the machine. */
  timeZone?: string | undefined
}

/** The schedule as people edit it. What an entry may do is looked at when it runs, since rights change. */
export class CronEntries {
  readonly #options: CronEntriesOptions

  constructor(options: CronEntriesOptions) {
    this.#options = options
  }

  /** By name, each with the next time that it runs. */
  async list(): Promise<Array<CronEntry & {nextAtMs: number | null}>> {
    const {store, clock, timeZone} = this.#options
    const entries = await store.schedule.entries()
    return entries.map(entry => ({...entry, nextAtMs: nextOf(entry, {nowMs: clock.nowMs(), timeZone})}))
  }

  /**
   * Adds an entry, or replaces the one of that name. It runs first at its next time.
   *
   * @throws {BiomajError} `usage`, `user_not_found`
   */
  async add(entry: NewCronEntry): Promise<CronEntry> {
    const {store, clock, timeZone} = this.#options
    const {name, slices, comment, user} = entry
    const banks = [...new Set(entry.banks)]
    if (!/^[\w.-]{1,64}$/.test(name)) {
      throw usage('A schedule entry is named by letters, digits, ".", "_" and "-", 64 at most')
    }
    const unfit = banks.find(bank => !isBankName(bank))
    if (unfit !== undefined) throw usage(`"${sanitise(unfit, {maxLength: 100})}" cannot be the name of a bank`)
    if (banks.length === 0) throw usage('A schedule entry needs at least one bank')
    if (banks.length > 1000) throw usage('A schedule entry takes 1,000 banks at most')
    parseCron(slices, timeZone)
    if (!(await store.users.get(user))) {
      const message = `There is no user "${sanitise(user, {maxLength: 100})}"`
      throw new BiomajError({
        code: 'user_not_found',
        message,
        hint: 'An entry updates banks with the rights of a user.',
      })
    }
    const added = {
      name,
      slices: slices.trim().replaceAll(/\s+/g, ' '),
      banks,
      comment: sanitise(comment, {maxLength: 500}),
      user,
      lastDueAtMs: clock.nowMs(),
    }
    await store.schedule.put(added)
    return added
  }

  /** False when there is no such entry. */
  async remove(name: string): Promise<boolean> {
    return await this.#options.store.schedule.remove(name)
  }
}

function nextOf({slices}: CronEntry, {nowMs, timeZone}: {nowMs: number; timeZone: string | undefined}): number | null {
  try {
    return parseCron(slices, timeZone).after(nowMs)
  } catch (error) {
    if (error instanceof BiomajError) return null
    throw error
  }
}

function usage(message: string): BiomajError {
  return new BiomajError({code: 'usage', message})
}
