import type {Bank} from './bank.js'

/** A bank that has never run, with what its properties say of it. */
export function emptyBank(known: Pick<Bank, 'name' | 'owner' | 'visibility' | 'description' | 'types'>): Bank {
  return {
    ...known,
    tags: {},
    current: null,
    sessions: [],
    production: [],
    pending: [],
    status: null,
    lastUpdateSession: null,
    lastRemoveSession: null,
    lastUpdate: null,
  }
}
