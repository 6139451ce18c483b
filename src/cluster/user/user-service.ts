import {randomBytes} from 'node:crypto'
import {Hono} from 'hono'
import {bodyLimit} from 'hono/body-limit'
import type {Context} from 'hono'
import type {ContentfulStatusCode} from 'hono/utils/http-status'
import type {Logger} from 'pino'
import * as z from 'zod/mini'
import {BiomajError} from '../../shared/errors.js'
import type {HttpHandler} from '../services/service.js'
import type {Account, Accounts} from './accounts.js'

/** Greater bodies are nobody's password. */
const maxBodyBytes = 16_384

const newUser = z.object({password: z.optional(z.string()), email: z.nullish(z.string())})
const bind = z.object({type: z.string(), value: z.string()})

/**
 * BioMAJ's user service, `/api/user`. It asks nobody who they are, as BioMAJ's does not: it is for the other services,
 * and must never be reached from outside. Keys are shown to those who have shown the key or the password, and to
 * whoever makes a user; BioMAJ shows them in its lists too.
 */
export function createUserService({accounts, log}: {accounts: Accounts; log: Logger}): HttpHandler {
  const app = new Hono()
  app.use(bodyLimit({maxSize: maxBodyBytes, onError: context => failure(context, 413, 'The body is too large')}))
  app.get('/api/user', context => context.json({msg: 'pong'}))
  app.get('/api/user/info/user', async context =>
    context.json({users: (await accounts.list()).map(account => wireUser(account))}),
  )
  app.get('/api/user/info/user/:user', async context => {
    const account = await accounts.get(context.req.param('user'))
    return account === undefined ? notFound(context) : context.json({user: wireUser(account)})
  })
  app.post('/api/user/info/user/:user', async context => {
    const body = await bodyOf(context, newUser)
    const id = context.req.param('user')
    if ((await accounts.get(id)) !== undefined) return failure(context, 409, `There is a user ${id} already`)
    const password = body.password ?? randomBytes(12).toString('base64url')
    const {account, apiKey} = await accounts.add({id, email: body.email ?? '', password})
    return context.json({user: wireUser(account, apiKey), password})
  })
  app.post('/api/user/bind/user/:user', async context => {
    const {type, value} = await bodyOf(context, bind)
    const bound = await bindUser(accounts, {user: context.req.param('user'), type, value})
    if (bound === undefined) return failure(context, 401, 'User and secret do not fit')
    return context.json({user: wireUser(bound.account, bound.apiKey)})
  })
  app.get('/api/user/info/apikey/:key', async context => {
    const key = context.req.param('key')
    const account = await accounts.byKey(key)
    return context.json({user: account === undefined ? null : wireUser(account, key)})
  })
  app.notFound(notFound)
  app.onError((error, context) => {
    if (error instanceof BiomajError) {
      const status = error.code === 'usage' ? 400 : error.code === 'refused' ? 409 : 503
      if (status === 503) log.error({err: error}, 'a request to the user service failed')
      return failure(context, status, error.message)
    }
    log.error({err: error}, 'a request to the user service failed')
    return failure(context, 500, 'The user service failed')
  })
  return {fetch: request => Promise.resolve(app.fetch(request))}
}

async function bindUser(
  accounts: Accounts,
  {user, type, value}: {user: string; type: string; value: string},
): Promise<{account: Account; apiKey: string} | undefined> {
  if (type === 'password') return accounts.login({user, password: value})
  const account = await accounts.byKey(value)
  return account?.id === user ? {account, apiKey: value} : undefined
}

async function bodyOf<Schema extends z.ZodMiniType>(context: Context, schema: Schema): Promise<z.output<Schema>> {
  const parsed = schema.safeParse(jsonOf(await context.req.text()))
  if (parsed.success) return parsed.data
  throw new BiomajError({code: 'usage', message: 'The body is not what this route wants'})
}

/** Undefined for what is not JSON; no schema accepts that. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function wireUser(account: Account, apikey?: string): Record<string, unknown> {
  const {id, email, admin} = account
  return {id, email, is_ldap: false, admin, ...(apikey === undefined ? {} : {apikey})}
}

function notFound(context: Context): Response {
  return failure(context, 404, 'There is no such user or route')
}

function failure(context: Context, status: ContentfulStatusCode, message: string): Response {
  const code =
    status === 401 ? 'bad_credentials' : status >= 500 ? 'server_error' : status === 400 ? 'usage' : 'refused'
  return context.json({error: {code, message}}, status)
}
