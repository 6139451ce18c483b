import * as z from 'zod/mini'
import {Secret} from '../../shared/secret.js'
import {cells, headers, parseBody} from './parse.js'

export interface Account {
  user: string
  email: string
  apiKey: Secret
}

const accountBody = z.object({user: z.string(), email: z.string(), apikey: z.string()})

export function parseAccount(body: unknown, route: string): Account {
  const {user, email, apikey} = parseBody(accountBody, body, route)
  return {user, email, apiKey: new Secret(apikey)}
}

/** Whether the cluster takes the key: an invalid one is no error there, it silently makes you anonymous. */
export type KeyState = 'valid' | 'invalid' | 'none'

const ownsBody = z.object({is_admin_or_owner: z.boolean()})

export function parseOwns(body: unknown, route: string): boolean {
  return parseBody(ownsBody, body, route).is_admin_or_owner
}

const shownBody = z.object({headers, details: z.array(cells)})

/** Makes sure that this is BioMAJ's answer to `show`; what it shows is not used. */
export function parseShown(body: unknown, route: string): void {
  parseBody(shownBody, body, route)
}
