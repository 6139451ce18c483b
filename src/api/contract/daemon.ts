import * as z from 'zod/mini'
import {cells, headers, parseBody, rowsOf} from './parse.js'

/** State of one kind of service: all of its instances pass their checks, some, or none. */
export type ServiceState = 'up' | 'partly' | 'down'

export interface ServiceInstance {
  host: string
  up: boolean
}

export interface Service {
  name: string
  state: ServiceState
  /** Instances that are registered, healthy or not. 0 for a service that the cluster does not run. */
  count: number
  instances: ServiceInstance[]
}

const instance = z.object({id: z.string(), host: z.nullish(z.string()), status: z.boolean()})
const statusBody = z.object({
  status: z.array(z.object({service: z.string(), status: z.literal([-1, 0, 1]), count: z.int()})),
  biomaj_services: z.array(instance),
  general_services: z.array(instance),
})

export function parseServices(body: unknown, route: string): Service[] {
  const {status, biomaj_services: own, general_services: general} = parseBody(statusBody, body, route)
  const instances = [...general, ...own]
  return status.map(({service, status: level, count}) => ({
    name: service,
    state: level === 1 ? 'up' : level === 0 ? 'partly' : 'down',
    count,
    instances: instances.filter(({id}) => id === service).map(({host, status: up}) => ({host: host ?? '', up})),
  }))
}

/** What one message daemon does. `bank` and `action` are absent while it is idle. */
export interface DaemonActivity {
  daemon: string
  bank?: string
  action?: string
}

export interface Activity {
  /** Requests that wait in the queue. May exceed `waiting`, which only names requests about a bank. */
  queueDepth: number
  /** Banks whose requests wait, the next to run first. */
  waiting: string[]
  daemons: DaemonActivity[]
}

export const activityBody = z.object({services: z.array(cells), headers})

export function parseActivity(body: unknown, route: string): Activity {
  const table = parseBody(activityBody, body, route)
  const activity: Activity = {queueDepth: 0, waiting: [], daemons: []}
  for (const row of rowsOf({headers: table.headers, rows: table.services}, route)) {
    const daemon = row.required('daemon')
    const bank = row.text('bank')
    const action = row.text('action')
    if (daemon === 'queue') activity.queueDepth = row.count('bank')
    else if (daemon === 'queued') activity.waiting.push(row.required('bank'))
    else if (bank === undefined) activity.daemons.push({daemon})
    else activity.daemons.push({daemon, bank, ...(action === undefined ? {} : {action})})
  }
  // Requests are pushed on the left and taken from the right, so the wire lists the newest first.
  activity.waiting.reverse()
  return activity
}

/** Lock files of the server: banks at work (or left locked by a run that died), and the maintenance lock. */
export interface Locks {
  banks: string[]
  maintenance: boolean
}

export function parseLocks(body: unknown, route: string): Locks {
  const table = parseBody(activityBody, body, route)
  const names = rowsOf({headers: table.headers, rows: table.services}, route).flatMap(row => row.text('bank') ?? [])
  // The maintenance lock is a file like those of the banks, with the reserved name `biomaj`.
  return {banks: names.filter(name => name !== 'biomaj'), maintenance: names.includes('biomaj')}
}

const messageBody = z.object({msg: z.nullable(z.string())})

export function parseMessage(body: unknown, route: string): string {
  return parseBody(messageBody, body, route).msg?.trim() ?? ''
}

// A fourth cell of a newer daemon does no harm.
const versionBody = z.object({
  version: z.array(z.tuple([z.string(), z.string(), z.nullish(z.string())], z.unknown())),
})

export interface ModuleVersion {
  module: string
  installed: string
  /** Newest version known to the server, if it could ask. */
  latest: string | null
}

export function parseVersions(body: unknown, route: string): ModuleVersion[] {
  return parseBody(versionBody, body, route).version.map(([module, installed, latest]) => ({
    module,
    installed,
    latest: latest ?? null,
  }))
}
