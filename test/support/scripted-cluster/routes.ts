import type {IncomingHttpHeaders} from 'node:http'
import {clientAction, loadBank, ServerException, text} from './actions.js'
import type {Answer, Call, Options} from './actions.js'
import {generalServices, isOwner} from './state.js'
import type {ClusterState} from './state.js'

export interface WireRequest {
  method: string
  path: string
  headers: IncomingHttpHeaders
  body: string
}

export interface WireAnswer {
  status: number
  contentType: string
  body: string
}

/** A page by which Flask says no. Without words of its own it gives none away. */
class HttpAbort extends Error {
  readonly status: number

  constructor(status: number, words: string) {
    super(words)
    this.status = status
  }
}

const general = new Set(generalServices.map(name => `biomaj-${name}`))
const serviceHosts: Record<string, string> = {
  'biomaj-public-proxy': '',
  'biomaj-internal-proxy': 'http://172.18.0.5:5000',
  'biomaj-mongo': 'mongodb://localhost:27017',
}
const noWords =
  'The server encountered an internal error and was unable to complete your request. ' +
  'Either the server is overloaded or there is an error in the application.'
const statusNames: Record<number, string> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  404: 'Not Found',
  405: 'Method Not Allowed',
  500: 'Internal Server Error',
}
const notFound =
  'The requested URL was not found on the server. ' +
  'If you entered the URL manually please check your spelling and try again.'
const needsKey = 'This action requires authentication with api key'
const notJson = 'The browser (or proxy) sent a request that this server could not understand.'

export function answer(state: ClusterState, request: WireRequest): WireAnswer {
  try {
    const {pathname, searchParams} = new URL(request.path, 'http://cluster')
    if (!/^\/api\/daemon(\/|$)/.test(pathname)) {
      return {status: 404, contentType: 'text/plain; charset=utf-8', body: '404 page not found\n'}
    }
    if (request.method === 'POST' && pathname === '/api/daemon') return rpc(state, request)
    const log = /^\/api\/daemon\/bank\/([^/]+)\/log(?:\/([^/]+))?$/.exec(pathname)
    if (log !== null && request.method === 'GET') {
      return bankLog(state, request, decodeURIComponent(log[1] ?? ''), Number(log[2] ?? 0))
    }
    return rest(state, request, pathname, searchParams)
  } catch (error) {
    const abort = error instanceof HttpAbort ? error : new HttpAbort(500, noWords)
    return page(abort)
  }
}

function rest(state: ClusterState, request: WireRequest, pathname: string, query: URLSearchParams): WireAnswer {
  const found = routes.find(({method, pattern}) => method === request.method && pattern.test(pathname))
  if (found === undefined) {
    const known = routes.some(({pattern}) => pattern.test(pathname))
    throw known ? new HttpAbort(405, 'The method is not allowed for the requested URL.') : new HttpAbort(404, notFound)
  }
  const [bank, last] = (found.pattern.exec(pathname) ?? []).slice(1).map(part => decodeURIComponent(part))
  const xApiKey = request.headers['x-api-key']
  const user = userOf(state, typeof xApiKey === 'string' ? xApiKey : apiKeyOf(request))
  if (found.needs === 'key' && user === null) throw new HttpAbort(401, needsKey)
  if (found.needs === 'admin' && !state.users.some(({name, admin}) => admin && name === user)) {
    throw new HttpAbort(401, needsKey)
  }
  const body = found.readsBody ? jsonOf(request) : {}
  const options: Options = {
    ...(bank === undefined ? {} : {bank}),
    ...found.options({body, last: last ?? '', query}),
    proxy: true,
    json: true,
  }
  if (found.answer !== undefined) return json(found.answer({state, options, user}))
  let outcome: Answer
  try {
    outcome = clientAction({state, options, user})
  } catch (error) {
    throw error instanceof ServerException ? new HttpAbort(500, error.message) : error
  }
  const [done, message] = outcome
  // The handler has no answer for a refusal and falls off its end.
  if (!done) throw new HttpAbort(500, noWords)
  return json(typeof message === 'object' && message !== null ? message : {msg: message})
}

interface Route {
  method: string
  pattern: RegExp
  needs: 'nothing' | 'key' | 'admin'
  readsBody: boolean
  options: (given: {body: Options; last: string; query: URLSearchParams}) => Options
  answer: ((call: Call) => unknown) | undefined
}

function route(
  call: `${'GET' | 'POST' | 'PUT' | 'DELETE'} ${string}`,
  {needs = 'nothing', readsBody = false, options = () => ({}), answer: own}: Partial<Omit<Route, 'method' | 'pattern'>>,
): Route {
  const [method = '', template = ''] = call.split(' ')
  const pattern = new RegExp(`^/api/daemon${template.replaceAll('*', '([^/]+)')}$`)
  return {method, pattern, needs, readsBody, options, answer: own}
}

function pick(body: Options, names: string[]): Options {
  return Object.fromEntries(names.filter(name => name in body).map(name => [name, body[name]]))
}

const updateFields = ['publish', 'fromscratch', 'stop_before', 'stop_after', 'from_task', 'process', 'release']

const routes: Route[] = [
  route('GET ', {answer: () => ({msg: 'pong'})}),
  route('GET /status', {
    answer: ({state}) => {
      if (state.statusBroken) throw new HttpAbort(500, noWords)
      const instances = state.services.flatMap(({service, count, status}) =>
        Array.from({length: count}, (_, index) => ({
          id: service,
          host: serviceHosts[service] ?? '172.18.0.5',
          status: status === 1 || (status === 0 && index < count - 1),
        })),
      )
      return {
        status: state.services,
        biomaj_services: instances.filter(({id}) => !general.has(id)),
        // A general service that does not answer is left out.
        general_services: instances.filter(({id, status}) => general.has(id) && status),
      }
    },
  }),
  route('POST /aboutme', {
    readsBody: true,
    options: ({body}) => ({aboutme: true, userlogin: body['login'], userpassword: body['password']}),
  }),
  route('GET /maintenance', {options: () => ({maintenance: 'status'})}),
  route('POST /maintenance', {needs: 'admin', options: () => ({maintenance: 'on'})}),
  route('DELETE /maintenance', {needs: 'admin', options: () => ({maintenance: 'off'})}),
  route('GET /whatsup', {options: () => ({whatsup: true})}),
  route('GET /stats', {options: () => ({stats: true})}),
  route('GET /version', {options: () => ({version: true})}),
  // The limit stays text, which the database driver refuses.
  route('GET /history', {options: ({query}) => ({history: true, historyLimit: query.get('limit') ?? 100})}),
  route('GET /search', {
    answer: () => {
      throw new HttpAbort(500, noWords)
    },
  }),
  route('GET /status/ko', {options: () => ({statusko: true})}),
  route('GET /bank', {options: () => ({status: true})}),
  route('GET /bank/*', {options: () => ({status: true})}),
  route('GET /bank/*/owns', {
    answer: ({state, options, user}) => ({
      is_admin_or_owner: isOwner(state, loadBank(state, text(options['bank']), user), user),
    }),
  }),
  route('GET /bank/*/check', {options: () => ({check: true})}),
  route('GET /bank/*/status', {options: () => ({updatestatus: true})}),
  route('GET /bank/*/show', {
    needs: 'key',
    readsBody: true,
    options: ({body}) => ({show: true, ...pick(body, ['release'])}),
  }),
  route('POST /bank/*', {
    needs: 'key',
    readsBody: true,
    options: ({body}) => ({update: true, ...pick(body, updateFields)}),
  }),
  route('PUT /bank/*/repair', {
    needs: 'key',
    readsBody: true,
    options: ({body}) => ({repair: true, ...pick(body, ['release'])}),
  }),
  route('PUT /bank/*/cancel', {needs: 'key', options: () => ({updatecancel: true})}),
  route('PUT /bank/*/publish', {
    needs: 'key',
    readsBody: true,
    options: ({body}) => ({publish: true, ...pick(body, ['release'])}),
  }),
  route('DELETE /bank/*/publish', {needs: 'key', options: () => ({unpublish: true})}),
  route('PUT /bank/*/freeze/*', {needs: 'key', options: ({last}) => ({freeze: true, release: last})}),
  route('DELETE /bank/*/freeze/*', {needs: 'key', options: ({last}) => ({unfreeze: true, release: last})}),
  route('DELETE /bank/*', {
    needs: 'key',
    readsBody: true,
    options: ({body}) => {
      if (body['all']) return {removeall: true, ...pick(body, ['force'])}
      if (body['pending']) return {removepending: true}
      if (!('release' in body)) throw new HttpAbort(400, 'missing release')
      return {remove: true, release: body['release']}
    },
  }),
  route('PUT /bank/*/owner/*', {needs: 'key', options: ({last}) => ({owner: last})}),
  route('PUT /bank/*/visibility/*', {needs: 'key', options: ({last}) => ({visibility: last})}),
  route('PUT /bank/*/name/*', {needs: 'key', options: ({last}) => ({newbank: last})}),
  route('PUT /bank/*/move', {needs: 'key', readsBody: true, options: ({body}) => ({newdir: body['path']})}),
]

const withoutKey = ['search', 'show', 'check', 'status']

/** Always 200; a failure is `status: false` with the reason. Knows only the `Authorization` header. */
function rpc(state: ClusterState, request: WireRequest): WireAnswer {
  try {
    const options: unknown = jsonOf(request)['options']
    if (typeof options !== 'object' || options === null) throw new ServerException("'options'")
    const call = {state, options: options as Options, user: userOf(state, apiKeyOf(request))}
    const switches = ['on', 'off'].includes(text(call.options['maintenance']))
    if (switches && !state.users.some(({name, admin}) => admin && name === call.user)) throw unauthorised()
    if (call.options['bank']) {
      const name = text(call.options['bank'])
      // The bank's file is opened here, whole: a list of banks is no bank.
      if (!state.banks.has(name)) loadBank(state, name, call.user)
      if (call.user === null && !withoutKey.some(option => call.options[option])) throw unauthorised()
    }
    const [status, msg] = clientAction(call)
    return json({msg, status})
  } catch (error) {
    if (error instanceof HttpAbort) {
      return json({msg: `${error.status} ${statusNames[error.status] ?? ''}: ${error.message}`, status: false})
    }
    if (error instanceof ServerException) return json({msg: error.message, status: false})
    throw error
  }
}

function unauthorised(): HttpAbort {
  return new HttpAbort(401, `{'message': '${needsKey}'}`)
}

/** Errors come as 200 and a sentence that calls itself HTML. */
function bankLog(state: ClusterState, request: WireRequest, name: string, tail: number): WireAnswer {
  const token = apiKeyOf(request)
  const user = userOf(state, token)
  if (token !== undefined && user === null) {
    return sentence("Failed to access log file: 'NoneType' object is not subscriptable")
  }
  const bank = state.banks.get(name)
  if (bank === undefined)
    return sentence(`Failed to access log file: Configuration file ${name}.properties does not exists`)
  if (bank.visibility !== 'public' && !isOwner(state, bank, user)) {
    return sentence("Failed to access log file: 403 Forbidden: {'message': 'not authorized to access this bank'}")
  }
  if (bank.status === undefined) return sentence('No log file available')
  if (bank.log === undefined) return sentence(`Cannot access log file ${bank.status.logFile}`)
  const lines = tail === 0 ? bank.log : bank.log.slice(-tail)
  const body = `${lines.map(line => `${line}\n`).join('')}##END_OF_LOG`
  return {status: 200, contentType: 'text/plain; charset=utf-8', body}
}

function sentence(body: string): WireAnswer {
  return {status: 200, contentType: 'text/html; charset=utf-8', body}
}

function apiKeyOf({headers}: WireRequest): string | undefined {
  const [scheme, token] = (headers.authorization ?? '').split(/\s+/)
  return scheme === 'APIKEY' ? token : undefined
}

/** An unknown key is no error: its bearer is nobody. */
function userOf(state: ClusterState, apiKey: string | undefined): string | null {
  return state.users.find(user => user.apiKey === apiKey)?.name ?? null
}

function jsonOf({headers, body}: WireRequest): Options {
  if (!/^application\/(?:[\w.]+\+)?json\b/.test(headers['content-type'] ?? '')) throw new HttpAbort(400, notJson)
  try {
    return JSON.parse(body) as Options
  } catch {
    throw new HttpAbort(400, notJson)
  }
}

function json(body: unknown): WireAnswer {
  return {status: 200, contentType: 'application/json', body: `${JSON.stringify(body)}\n`}
}

function page({status, message}: HttpAbort): WireAnswer {
  const name = statusNames[status] ?? 'Error'
  const words = message
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll("'", '&#39;')
    .replaceAll('"', '&#34;')
  const body = `<!doctype html>\n<html lang=en>\n<title>${status} ${name}</title>\n<h1>${name}</h1>\n<p>${words}</p>\n`
  return {status, contentType: 'text/html; charset=utf-8', body}
}
