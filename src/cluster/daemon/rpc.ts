import type {Hono} from 'hono'
import {act, actionNameOf} from './actions/index.js'
import {callOf, type Env, tellable} from './http.js'
import {flag, own} from './options.js'
import {Refusal, usage} from './refusal.js'
import {jsonObject} from './request-body.js'
import type {Call, Site} from './site.js'
import {needAccount} from './viewer.js'

/** Actions that read a bank which anybody may ask for. */
const reading = ['search', 'show', 'check', 'status']

/**
 * `POST /api/daemon {options}`: always 200 with `{status, msg}`, which `biomaj-cli.py` prints as it is. Without `json` the
 * tables come as text.
 */
export function addRpcRoute(app: Hono<Env>, site: Site): void {
  app.post('/', async c => {
    const log = c.get('log')
    try {
      const call = await callOf(site, c, await optionsOf(c.req.raw))
      needRights(call)
      const answer = await act(call)
      // A text that is long to draw is drawn only when somebody wants it.
      const msg = flag(call.options, 'json') ? answer.json : answer.text
      return c.json({status: true, msg, ...answer.extra})
    } catch (error) {
      const refusal = tellable(error, log, c.get('requestId'))
      const {code, message, hint, extra} = refusal
      const told = {code, message, ...(hint === undefined ? {} : {hint})}
      return c.json({...extra, status: false, msg: wordsOf(refusal), error: told})
    }
  })
}

async function optionsOf(request: Request): Promise<Record<string, unknown>> {
  const options = own(await jsonObject(request).catch(notUnderstood), 'options')
  if (typeof options === 'object' && options !== null && !Array.isArray(options)) {
    return options as Record<string, unknown>
  }
  throw new Refusal({code: 'usage', message: 'The body has no options', words: "'options'"})
}

function notUnderstood(error: unknown): never {
  if (!(error instanceof Refusal)) throw error
  const {code, message} = error
  throw new Refusal({code, message, words: `400 Bad Request: ${message}`})
}

function needRights({options, viewer}: Call): void {
  const name = actionNameOf(options)
  if (name === undefined) throw usage('no option match')
  if (flag(options, 'bank') && !reading.some(option => flag(options, option))) needAccount(viewer)
}

/** BioMAJ's web framework puts its own words around those of a 401. */
function wordsOf({status, words, code}: Refusal): string {
  return status === 401 && code !== 'bad_credentials' ? `401 Unauthorized: {'message': '${words}'}` : words
}
