import {Agent, type AgentOptions, type ClientRequest} from 'node:http'

/** Asks an HTTP proxy for plain HTTP as proxies expect it: by the whole address, not through a tunnel. */
export class PlainProxyAgent extends Agent {
  readonly #proxy: URL
  readonly #authorization: string | null

  constructor({proxy, authorization, ...options}: AgentOptions & {proxy: URL; authorization: string | null}) {
    super(options)
    this.#proxy = proxy
    this.#authorization = authorization
  }

  /** Node's own way into an agent; the headers have not been sent yet. */
  addRequest(request: ClientRequest, options: Record<string, unknown>): void {
    request.path = new URL(request.path, `http://${String(request.getHeader('host'))}`).href
    if (this.#authorization !== null) request.setHeader('proxy-authorization', this.#authorization)
    const host = this.#proxy.hostname.replace(/^\[|\]$/g, '')
    const through = {...options, host, hostname: host, port: Number(this.#proxy.port || 80)}
    const parent = Agent.prototype as unknown as Pick<PlainProxyAgent, 'addRequest'>
    parent.addRequest.call(this, request, through)
  }
}
