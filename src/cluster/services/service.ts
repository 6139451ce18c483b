import type {Logger} from 'pino'
import type {Queue} from '../queue/queue.js'
import type {Store} from '../store/store.js'
import type {ClusterSettings} from '../settings/cluster-settings.js'

/**
 * What every service is given. Nothing in it says that services share a process: store and queue may be a database
 * elsewhere, and whatever one service wants from another goes through them or over HTTP.
 */
export interface ServiceContext {
  settings: ClusterSettings
  store: Store
  queue: Queue
  log: Logger
}

/** A part of the cluster that runs until it is stopped. */
export interface Service {
  /** Stops taking on work, gives back or ends what it has, within the time that the signal allows. */
  stop(options: {immediately: boolean}): Promise<void>
}

/** A service that answers requests. The gateway holds one for each that is public, in this process or behind an URL. */
export interface HttpHandler {
  fetch(request: Request): Promise<Response>
}
