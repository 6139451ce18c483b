import {told} from '../told.js'
import type {Access} from './access.js'
import {RemoteError} from './remote-error.js'

/**
 * The address by which rsync knows a folder below the source's directory. A server is a host (over ssh), `host:port` or
 * `rsync://host` (a daemon), or what BioMAJ's users write for a daemon, `host:` or `host::module`.
 *
 * @throws {RemoteError} for a server that could be taken for an option or for a path of this machine
 */
export function rsyncAddress(
  {server, directory, credentials}: Pick<Access, 'server' | 'directory' | 'credentials'>,
  path: string,
): string {
  const user = credentials?.user ?? ''
  const host = server.replace(/^rsync:\/\//, '')
  if (!/^[A-Za-z0-9[][\w.:@/[\]-]*$/.test(host) || (user !== '' && !/^[A-Za-z0-9_][\w.-]*$/.test(user))) {
    throw new RemoteError({
      code: 'config_invalid',
      message: told`"${user === '' ? '' : `${user}@`}${server}" is no server that rsync could reach`,
      hint: 'Write server=host, server=host:port or server=rsync://host.',
      permanent: true,
    })
  }
  const login = user === '' ? '' : `${user}@`
  const name = `${directory}/${path}`.replaceAll(/\/{2,}/g, '/')
  if (server !== host || /^(?:\[[^\]]+\]|[^:/]+):\d+$/.test(host)) {
    return `rsync://${login}${`${host}/${name}`.replaceAll(/\/{2,}/g, '/')}`
  }
  return `${login}${host}:${name}`.replace(/::\/+/, '::')
}
