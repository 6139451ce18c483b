import {isBankName} from './bank-name.js'
import {Refusal} from './refusal.js'
import type {Site} from './site.js'
import {keyOf, mayRead, needAccount, viewerOf} from './viewer.js'

/**
 * Whether a request for published data may go through: a proxy asks with the address in `X-Forwarded-Uri`, and the
 * caller's `Authorization`, where browsers put the key as a password.
 *
 * @throws {Refusal} 400 without an address, 401, 403, 404
 */
export async function checkExposed(site: Site, headers: Headers): Promise<void> {
  const exposed = (await site.files.global()).resolve('expose')
  if (exposed?.ok === true && ['false', '0'].includes(exposed.value.toLowerCase())) {
    throw new Refusal({code: 'forbidden', message: 'This cluster does not serve its data'})
  }
  const uri = headers.get('x-forwarded-uri')
  if (uri === null) throw new Refusal({code: 'usage', message: 'X-Forwarded-Uri is missing'})
  const name = bankOf(uri)
  if (name === '') return
  const bank = name === undefined || !isBankName(name) ? undefined : await site.index.owned(name)
  if (!bank) throw new Refusal({code: 'bank_not_found', message: 'There is no such bank'})
  if (bank.visibility === 'public') return
  const key = keyOf(headers) ?? basicPassword(headers.get('authorization') ?? '')
  const viewer = await viewerOf(key, {accounts: site.accounts, admins: site.settings.admins})
  needAccount(viewer)
  if (!mayRead(viewer, bank)) throw new Refusal({code: 'forbidden', message: 'This bank is private'})
}

/** The folder below `/db`; empty for `/db` itself, undefined for what is no address below it. */
function bankOf(uri: string): string | undefined {
  const path = uri.split(/[?#]/)[0] ?? ''
  if (path === '/db' || path === '/db/') return ''
  const segment = /^\/db\/([^/]+)(?:\/|$)/.exec(path)?.[1]
  if (segment === undefined || /(?:^|\/)(?:\.|%2e){1,2}(?:\/|$)/i.test(path)) return undefined
  try {
    return decodeURIComponent(segment)
  } catch (error) {
    if (error instanceof URIError) return undefined
    throw error
  }
}

function basicPassword(authorization: string): string | undefined {
  const encoded = /^Basic\s+([A-Za-z0-9+/=_-]+)$/i.exec(authorization.trim())?.[1]
  if (encoded === undefined) return undefined
  return Buffer.from(encoded, 'base64').toString('utf8').split(':').at(-1)
}
