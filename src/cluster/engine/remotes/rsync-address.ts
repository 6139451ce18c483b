import {told} from '../told.js'
import type {Access} from './access.js'
import {RemoteError} from './remote-error.js'

/**
 * The address by which rsync knows a path below the source's directory. A server is a host (over ssh), `host:port` or
 * `rsync://host` (a daemon), or what BioMAJ's users write for a daemon, `host:` or `host::module`.
 *
 * @throws {RemoteError} for a server that could be taken for an option or for a path of this machine
 */
export function rsyncAddress(
  {server, directory, credentials}: Pick<Access, 'server' | 'directory' | 'credentials'>,
  path: string,
  kind: 'file' | 'folder' = 'folder',
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
  const below = `${directory}/${path}`.replaceAll(/\/{2,}/g, '/')
  const name = kind === 'file' ? literally(below) : below
  if (server !== host || /^(?:\[[^\]]+\]|[^:/]+):\d+$/.test(host)) {
    return `rsync://${login}${`${host}/${name}`.replaceAll(/\/{2,}/g, '/')}`
  }
  return `${login}${host}:${name}`.replace(/::\/+/, '::')
}

/** The other side looks for patterns in names, and takes a backslash for the end of that. */
function literally(path: string): string {
  const plain = /[*?[]/.test(path) ? path.replaceAll(/[*?[\\]/g, String.raw`\$&`) : path
  // A name that begins with a hyphen, alone, would be an option over there.
  return plain.replace(/\/(?=-[^/]*$)/, '/./')
}
