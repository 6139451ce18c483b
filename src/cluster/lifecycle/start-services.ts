import type {ServiceContext} from '../services/service.js'
import {createGateway} from '../gateway/gateway.js'
import {listen} from '../gateway/listen.js'
import type {Teardown} from './teardown.js'

export interface ServicesOptions {
  context: ServiceContext
  env: Readonly<Record<string, string | undefined>>
  version: string
}

/** Starts every service, workers first, and opens the door at the end: what asks then is answered. */
export async function startServices(
  {context, version}: ServicesOptions,
  teardown: Teardown,
): Promise<{url: string; port: number}> {
  const {settings, log} = context
  const gateway = createGateway({
    upstreams: {daemon: {fetch: async () => Response.json({msg: 'Biomaj daemon'})}},
    settings,
    log: log.child({service: 'gateway'}),
    identity: {name: settings.name, version, pid: process.pid},
  })
  const door = await listen(gateway, {host: settings.host, port: settings.port, log})
  teardown.add('gateway', async ({immediately}) => door.close({graceMs: immediately ? 0 : 2000}))
  return {url: door.url, port: door.port}
}
