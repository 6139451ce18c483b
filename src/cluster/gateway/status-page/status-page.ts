import {createHash} from 'node:crypto'
import type {HttpHandler} from '../../services/service.js'
import {failure} from '../answers.js'
import {isUnchanged} from '../published/conditions.js'
import {icon, statusMarkup} from './markup.js'
import {script} from './script.js'
import {style} from './style.js'

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ')

/** The page at `/status` and the three files that it loads. It needs nothing from anywhere else. */
export function createStatusPage(site: {clusterName: string; publishes: boolean}): HttpHandler {
  const files = new Map([
    ['/status', asset('text/html; charset=utf-8', statusMarkup(site))],
    ['/status/app.js', asset('text/javascript; charset=utf-8', script)],
    ['/status/style.css', asset('text/css; charset=utf-8', style)],
    ['/status/icon.svg', asset('image/svg+xml', icon)],
  ])
  return {
    fetch: async request => {
      const {pathname} = new URL(request.url)
      if (pathname === '/status/') return new Response(null, {status: 308, headers: {location: '/status'}})
      const file = files.get(pathname)
      if (!file) return failure(404, {code: 'not_found', message: 'There is nothing at this path'})
      const {type, text, etag} = file
      const headers = {'cache-control': 'no-cache', 'content-security-policy': policy, etag}
      if (isUnchanged(request.headers, {etag, modifiedMs: Number.POSITIVE_INFINITY})) {
        return new Response(null, {status: 304, headers})
      }
      return new Response(text, {headers: {...headers, 'content-type': type}})
    },
  }
}

function asset(type: string, text: string): {type: string; text: string; etag: string} {
  return {type, text, etag: `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"`}
}
