import type {Bank} from '../model/bank.js'
import type {Account, Accounts} from './accounts.js'
import {Refusal} from './refusal.js'

/** Who asks. A key that nobody has makes nobody, as with BioMAJ, but it is known why. */
export interface Viewer {
  account: Account | null
  admin: boolean
  keyGiven: boolean
}

export const nobody: Viewer = {account: null, admin: false, keyGiven: false}

/** `X-API-KEY` wins over `Authorization: APIKEY ...`, as in BioMAJ's REST. */
export function keyOf(headers: Headers): string | undefined {
  const own = headers.get('x-api-key')?.trim()
  if (own) return own
  const [scheme, key] = headers.get('authorization')?.trim().split(/\s+/) ?? []
  return scheme?.toUpperCase() === 'APIKEY' && key ? key : undefined
}

export async function viewerOf(
  key: string | undefined,
  {accounts, admins}: {accounts: Accounts; admins: readonly string[]},
): Promise<Viewer> {
  if (key === undefined) return nobody
  const account = (await accounts.byKey(key)) ?? null
  const admin = account !== null && (account.admin || admins.includes(account.id))
  return {account, admin, keyGiven: true}
}

export type Owned = Pick<Bank, 'owner' | 'visibility'>

export function owns({account, admin}: Viewer, {owner}: Pick<Owned, 'owner'>): boolean {
  return admin || (account !== null && account.id === owner)
}

export function mayRead(viewer: Viewer, bank: Owned): boolean {
  return bank.visibility === 'public' || owns(viewer, bank)
}

/**
 * The account of somebody who may write at all.
 *
 * @throws {Refusal} `login_required` without a key, `key_invalid` for one that nobody has
 */
export function needAccount({account, keyGiven}: Viewer): Account {
  if (account) return account
  throw keyGiven
    ? new Refusal({
        code: 'key_invalid',
        message: 'Nobody has this API key',
        words: withoutKey,
        hint: 'Log in again to get the key that works.',
      })
    : new Refusal({code: 'login_required', message: 'This needs an API key', words: withoutKey})
}

/** @throws {Refusal} also for an account that does not administer the cluster */
export function needAdmin(viewer: Viewer): Account {
  const account = needAccount(viewer)
  if (viewer.admin) return account
  throw new Refusal({
    code: 'forbidden',
    message: 'Only administrators of the cluster may do this',
    words: withoutKey,
    // BioMAJ says 401 here, and its clients know no other.
    status: 401,
  })
}

const withoutKey = 'This action requires authentication with api key'
