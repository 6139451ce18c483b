import path from 'node:path'
import type {Column} from '../../presentation/columns.js'
import {instantCell, type TimeStyle} from '../../presentation/times.js'
import {shortPath} from './short-path.js'
import type {RunningInstance} from './find-instance.js'

export interface InstanceJson extends RunningInstance {
  /** It answered within two seconds. */
  answers: boolean
}

/** For people at a terminal paths are short; in a pipe whole. */
export interface PathStyle {
  isTerminal: boolean
  home: string
}

export function instanceColumns(style: TimeStyle, {isTerminal, home}: PathStyle): ReadonlyArray<Column<InstanceJson>> {
  return [
    {title: 'NAME', cell: ({name}) => name},
    {title: 'URL', cell: ({url}) => url, whole: true},
    {title: 'PID', cell: ({pid}) => String(pid), align: 'right'},
    {
      title: 'STATE',
      cell: ({answers}) => (answers ? '✓ serves' : '✗ does not answer'),
      tone: ({answers}) => (answers ? 'good' : 'bad'),
    },
    {title: 'STARTED', cell: ({startedAt}) => instantCell(startedAt, style)},
    {
      title: 'DATA',
      cell: ({dataDirectory, memory}) =>
        memory ? 'in memory' : isTerminal ? shortPath(dataDirectory, {home}) : dataDirectory,
    },
  ]
}

export interface UserJson {
  id: string
  email: string | null
  admin: boolean
  hasPassword: boolean
  createdAt: string
}

interface Account {
  id: string
  email: string
  admin: boolean
  hasPassword: boolean
  createdAtMs: number
}

export function userJson({id, email, admin, hasPassword, createdAtMs}: Account): UserJson {
  return {id, email: email === '' ? null : email, admin, hasPassword, createdAt: new Date(createdAtMs).toISOString()}
}

export function userColumns(style: TimeStyle): ReadonlyArray<Column<UserJson>> {
  return [
    {title: 'USER', cell: ({id}) => id},
    {title: 'EMAIL', cell: ({email}) => email ?? '-'},
    {title: 'RIGHTS', cell: ({admin}) => (admin ? 'administrator' : '-')},
    {title: 'PASSWORD', cell: ({hasPassword}) => (hasPassword ? 'yes' : 'no, key only')},
    {title: 'SINCE', cell: ({createdAt}) => instantCell(createdAt, style)},
  ]
}

export interface SiteBankJson {
  name: string
  owner: string
  visibility: 'public' | 'private'
  file: string | null
  publishedRelease: string | null
  releases: number
}

/** At a terminal a file has its name alone: all are in one folder. */
export function siteBankColumns({isTerminal}: Pick<PathStyle, 'isTerminal'>): ReadonlyArray<Column<SiteBankJson>> {
  return [
    {title: 'BANK', cell: ({name}) => name},
    {title: 'OWNER', cell: ({owner}) => owner},
    {title: 'VISIBILITY', cell: ({visibility}) => visibility},
    {title: 'RELEASES', cell: ({releases}) => String(releases), align: 'right'},
    {title: 'PUBLISHED', cell: ({publishedRelease}) => publishedRelease ?? '-'},
    {
      title: 'FILE',
      cell: ({file}) => (file === null ? '✗ gone' : isTerminal ? path.basename(file) : file),
      tone: ({file}) => (file === null ? 'bad' : undefined),
    },
  ]
}

export interface SettingJson {
  key: string
  /** Null when it is a secret. */
  value: string | null
  origin: 'flag' | 'environment' | 'file' | 'default'
  source: string | null
}

/** At a terminal a value from the file has the file's name and the line. */
export function settingColumns({isTerminal, home}: PathStyle): ReadonlyArray<Column<SettingJson>> {
  const from = ({origin, source}: SettingJson) =>
    source !== null && origin === 'file' && isTerminal ? path.basename(source) : (source ?? origin)
  return [
    {title: 'KEY', cell: ({key}) => key, whole: true},
    {
      title: 'VALUE',
      cell: ({value}) =>
        (value === null ? '********' : isTerminal ? shortPath(value, {home}) : value).replaceAll('\n', ' '),
    },
    {title: 'ORIGIN', cell: from},
  ]
}
