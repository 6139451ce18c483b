import fs from 'node:fs'
import path from 'node:path'
import nock from 'nock'
import {BiomajClient, Secret} from '../../src/api/index.js'
import type {TransportOptions} from '../../src/api/index.js'

// Importing nock replaces node:http's agents: tests of real connections must not import this file.

export interface Fixture {
  name: string
  request: {method: string; path: string; headers: Record<string, string>; body?: unknown}
  response: {status: number; headers: Record<string, string>; body: unknown}
}

const folder = path.join(import.meta.dirname, '../fixtures/wire')

export const fixtureNames: readonly string[] = fs
  .readdirSync(folder)
  .filter(file => file.endsWith('.json'))
  .map(file => file.slice(0, -'.json'.length))
  .toSorted()

export function readFixture(name: string): Fixture {
  return JSON.parse(fs.readFileSync(path.join(folder, `${name}.json`), 'utf8')) as Fixture
}

/** The options of a recorded RPC; none for any other request. */
export function rpcOptions({request}: Fixture): Record<string, unknown> {
  const {body} = request
  if (request.method !== 'POST' || request.path !== '/api/daemon') return {}
  if (typeof body !== 'object' || body === null || !('options' in body)) return {}
  return body.options as Record<string, unknown>
}

export const origin = 'http://biomaj.test'
/** The recordings have it in the words of a server whose user service is down. */
export const janesKey = 'JANEKEY001'

/** A client that has a key where the recorded request had one. */
export function clientFor(fixture: Fixture, options: Partial<TransportOptions> = {}): BiomajClient {
  const withKey = fixture.request.headers['Authorization'] !== undefined
  return new BiomajClient({
    url: new URL(origin),
    ...(withKey ? {apiKey: new Secret(janesKey)} : {}),
    ...options,
  })
}

export interface Sent {
  method: string
  path: string
  headers: Record<string, string>
  body: unknown
}

/** Answers the next request, whatever it is, as recorded, and tells what was sent. */
export function replay({response}: Pick<Fixture, 'response'>, times = 1): Sent[] {
  const sent: Sent[] = []
  const body = typeof response.body === 'string' ? response.body : JSON.stringify(response.body)
  for (const method of ['GET', 'POST', 'PUT', 'DELETE']) {
    nock(origin)
      .intercept(/^\//, method)
      .times(times)
      .reply(function (this: nock.ReplyFnContext, uri: string, requestBody: nock.Body) {
        const headers = Object.entries(this.req.headers).map(([name, value]) => [name, value])
        sent.push({method, path: uri, headers: Object.fromEntries(headers), body: requestBody})
        return [response.status, body, response.headers]
      })
  }
  return sent
}
