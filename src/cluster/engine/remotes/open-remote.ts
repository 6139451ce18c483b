import type {RemoteSource} from '../ports.js'
import type {BankProperties} from '../properties/bank-properties.js'
import {accessOf} from './access.js'
import {FtpRemote} from './ftp-remote.js'
import {HttpRemote} from './http-remote.js'
import {defaultLimits, type RemoteLimits} from './limits.js'
import {LocalRemote} from './local-remote.js'
import type {Remote, RemoteContext} from './remote.js'
import {RsyncRemote} from './rsync-remote.js'

export interface RemoteOptions {
  properties: BankProperties
  signal: AbortSignal
  /** Told of what was passed over or is tried again, one line each. */
  onWarning?: ((line: string) => void) | undefined
  limits?: Partial<RemoteLimits> | undefined
}

export function contextOf(source: RemoteSource, {properties, signal, onWarning, limits}: RemoteOptions): RemoteContext {
  return {
    access: accessOf(source, properties),
    limits: {...defaultLimits, ...limits},
    signal,
    onWarning: onWarning ?? (() => undefined),
  }
}

/** Nothing is connected before it is used. */
export function openRemote(context: RemoteContext): Remote {
  switch (context.access.protocol) {
    case 'local':
      return new LocalRemote(context)
    case 'http':
    case 'https':
    case 'directhttp':
    case 'directhttps':
      return new HttpRemote(context)
    case 'ftp':
    case 'ftps':
    case 'directftp':
    case 'directftps':
      return new FtpRemote(context)
    case 'rsync':
      break
  }
  return new RsyncRemote(context)
}
