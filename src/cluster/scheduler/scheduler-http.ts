import {type Context, Hono} from 'hono'
import type {Logger} from 'pino'
import * as z from 'zod/mini'
import {BiomajError} from '../../shared/errors.js'
import type {Accounts} from '../daemon/accounts.js'
import {keyOf, mayRead, type Viewer, viewerOf} from '../daemon/viewer.js'
import type {CronEntry} from '../model/records.js'
import type {HttpHandler} from '../services/service.js'
import type {Store} from '../store/store.js'
import type {CronEntries} from './cron-entries.js'

export interface SchedulerHttpOptions {
  store: Store
  accounts: Accounts
  /** Users who may do everything, beside those whose record says so. */
  admins: readonly string[]
  entries: CronEntries
  log: Logger
}

const cronBody = z.object({
  slices: z.string(),
  banks: z.array(z.string()),
  comment: z.optional(z.string()),
  /** The administrator who asks, unless it is said. */
  user: z.optional(z.string()),
})

/**
 * BioMAJ's release service: `GET /api/release`, `/api/release/schedule` and `/api/release/schedule/bank/B`, with private
 * banks for owner and administrators only. `GET`, `PUT` and `DELETE` of `/api/release/cron[/NAME]` are our own, for
 * administrators.
 */
export function schedulerHttp(options: SchedulerHttpOptions): HttpHandler {
  const {store, entries} = options
  const viewer = (context: Context) => viewerOf(keyOf(context.req.raw.headers), options)

  const schedule = new Hono()
    .get('/', context => context.json({msg: 'pong'}))
    .get('/schedule', async context => {
      const who = await viewer(context)
      const times = new Map(
        (await store.schedule.watches()).map(watch => [watch.bank, epochSeconds(watch.nextCheckAtMs)]),
      )
      const banks = (await store.banks.list()).filter(bank => mayRead(who, bank))
      return context.json({schedule: banks.map(({name}) => ({name, next: times.get(name) ?? null}))})
    })
    .get('/schedule/bank/:bank', async context => {
      const name = context.req.param('bank')
      const bank = await store.banks.get(name)
      const watch =
        bank && mayRead(await viewer(context), bank)
          ? (await store.schedule.watches()).find(watch => watch.bank === name)
          : undefined
      return context.json({schedule: [{name, next: epochSeconds(watch?.nextCheckAtMs ?? null)}]})
    })

  const cron = new Hono<{Variables: {viewer: Viewer}}>()
    .use(async (context, next) => {
      const who = await viewer(context)
      if (!who.account) return problem(context, 401, {code: 'login_required', message: 'This needs an API key'})
      if (!who.admin)
        return problem(context, 403, {code: 'forbidden', message: 'Only administrators may see the schedule'})
      context.set('viewer', who)
      return await next()
    })
    .get('/', async context => {
      return context.json({cron: (await entries.list()).map(entryOnWire)})
    })
    .put('/:name', async context => {
      const body = cronBody.safeParse(await context.req.json().catch(() => undefined))
      if (!body.success) {
        const message = 'The body is {"slices", "banks": [...], "comment"?, "user"?}'
        return problem(context, 400, {code: 'usage', message})
      }
      const {slices, banks, comment = ''} = body.data
      const user = body.data.user ?? context.get('viewer').account?.id ?? ''
      const entry = await entries.add({name: context.req.param('name'), slices, banks, comment, user})
      return context.json({entry: entryOnWire({...entry, nextAtMs: null})})
    })
    .delete('/:name', async context => {
      if (await entries.remove(context.req.param('name'))) return context.json({msg: null})
      return problem(context, 404, {code: 'not_found', message: 'There is no such entry'})
    })

  const routes = new Hono().route('/api/release', schedule).route('/api/release/cron', cron)
  routes.notFound(context => problem(context, 404, {code: 'not_found', message: 'There is no such route'}))
  routes.onError((error, context) => {
    if (error instanceof BiomajError) {
      return problem(context, 400, {code: error.code, message: error.message, hint: error.hint})
    }
    options.log.error({err: error, requestId: context.req.header('x-request-id')}, 'a request failed')
    return problem(context, 500, {code: 'internal', message: 'The request failed'})
  })
  return {fetch: async request => await routes.fetch(request)}
}

function problem(
  context: Context,
  status: 400 | 401 | 403 | 404 | 500,
  error: {code: string; message: string; hint?: string | undefined},
): Response {
  return context.json({error}, status)
}

function entryOnWire({
  name,
  slices,
  banks,
  comment,
  user,
  nextAtMs,
}: CronEntry & {nextAtMs: number | null}): Record<string, unknown> {
  return {name, slices, banks, comment, user, next: nextAtMs === null ? null : new Date(nextAtMs).toISOString()}
}

function epochSeconds(ms: number | null): number | null {
  return ms === null ? null : Math.floor(ms / 1000)
}
