import * as z from 'zod/mini'
import {parseBody} from './contract/parse.js'
import {errorFromRefusal} from './error-mapping.js'
import type {RequestOptions, Transport} from './transport.js'

const route = '/api/daemon'
const rpcBody = z.object({
  status: z.boolean(),
  msg: z.unknown(),
  // What some clusters add.
  job: z.optional(z.string()),
  findings: z.optional(z.unknown()),
  runs: z.optional(z.unknown()),
  error: z.optional(z.unknown()),
})

/** Option names of the daemon's RPC, as `biomaj-cli.py` sends them. */
export type RpcOptions = Readonly<Record<string, string | number | boolean | null>>

/**
 * `POST /api/daemon {options}`. Used for actions, because it keeps the reason of a refusal, which the REST
 * routes lose in a bare 500. Always answers 200; `status: false` is the failure.
 *
 * @returns the `msg` of a success: text, an object, or null
 */
export async function rpc(transport: Transport, options: RpcOptions, request: RequestOptions = {}): Promise<unknown> {
  return (await rpcAnswer(transport, options, request)).msg
}

export interface RpcAnswer {
  msg: unknown
  /** The job that the request became, where the cluster tells it. */
  job: string | undefined
  /** Of a check, where the cluster tells them. */
  findings: unknown
  /** Of a history, where the cluster tells more than BioMAJ. */
  runs: unknown
}

/** As `rpc`, with what some clusters say beside `msg`. */
export async function rpcAnswer(
  transport: Transport,
  options: RpcOptions,
  request: RequestOptions = {},
): Promise<RpcAnswer> {
  const exchange = transport.exchange('POST', route)
  const answer = parseBody(rpcBody, await transport.json('POST', route, {options}, request), exchange.route)
  if (answer.status) return {msg: answer.msg, job: answer.job, findings: answer.findings, runs: answer.runs}
  throw errorFromRefusal(answer, exchange)
}

/** What every action and read sends but the lock listing: without `proxy` an action would run inside the web service. */
export const throughQueue = {proxy: true, json: true} as const
