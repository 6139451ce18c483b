import {BiomajError} from '../../shared/errors.js'
import type {CronEntry} from '../model/records.js'
import {CronEntries, type NewCronEntry} from '../scheduler/cron-entries.js'
import {systemWallClock} from '../services/wall-clock.js'
import type {OpenSite} from './open-site.js'
import {bankUnknown} from './site-banks.js'

/** The cron entries of a cluster's scheduler, whether or not it runs: it looks at them anew each time. */
export interface SiteSchedule {
  /** By name, each with its next time; null when there is none. */
  list(): Promise<Array<CronEntry & {nextAtMs: number | null}>>
  /**
   * Adds an entry, or replaces the one of that name.
   *
   * @returns whether there was one
   * @throws {BiomajError} `usage`, `user_not_found`, `bank_not_found`
   */
  put(entry: NewCronEntry): Promise<boolean>
  /** @throws {BiomajError} `schedule_entry_not_found` when there is no such entry */
  remove(name: string): Promise<void>
}

/** @public The commands get it with the room's other parts, when they need them. */
export function scheduleOf({store}: Pick<OpenSite, 'store'>): SiteSchedule {
  const entries = new CronEntries({store, clock: systemWallClock})
  const find = async (name: string) => (await entries.list()).find(entry => entry.name === name)
  return {
    list: async () => await entries.list(),
    async put(entry) {
      for (const bank of entry.banks) if ((await store.banks.get(bank)) === undefined) throw bankUnknown(bank)
      const before = await find(entry.name)
      await entries.add(entry)
      return before !== undefined
    },
    async remove(name) {
      if (!(await entries.remove(name))) throw entryUnknown(name)
    },
  }
}

/** @public The commands get it with the room's other parts, when they need them. */
export function entryUnknown(name: string): BiomajError {
  return new BiomajError({
    code: 'schedule_entry_not_found',
    message: `The schedule has no entry "${name}"`,
    hint: 'See `biomaj cluster schedule list`.',
    details: {entry: name},
  })
}
