import type {Column} from '../../presentation/columns.js'
import {instantCell, type TimeStyle} from '../../presentation/times.js'
import type {RunningInstance} from './find-instance.js'

export interface InstanceJson extends RunningInstance {
  /** It answered within two seconds. */
  answers: boolean
}

export function instanceColumns(style: TimeStyle): ReadonlyArray<Column<InstanceJson>> {
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
    {title: 'DATA', cell: ({dataDirectory, memory}) => (memory ? 'in memory' : dataDirectory)},
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

export const siteBankColumns: ReadonlyArray<Column<SiteBankJson>> = [
  {title: 'BANK', cell: ({name}) => name},
  {title: 'OWNER', cell: ({owner}) => owner},
  {title: 'VISIBILITY', cell: ({visibility}) => visibility},
  {title: 'RELEASES', cell: ({releases}) => String(releases), align: 'right'},
  {title: 'PUBLISHED', cell: ({publishedRelease}) => publishedRelease ?? '-'},
  {title: 'FILE', cell: ({file}) => file ?? '✗ gone', tone: ({file}) => (file === null ? 'bad' : undefined)},
]

export interface SettingJson {
  key: string
  /** Null when it is a secret. */
  value: string | null
  origin: 'flag' | 'environment' | 'file' | 'default'
  source: string | null
}

export const settingColumns: ReadonlyArray<Column<SettingJson>> = [
  {title: 'KEY', cell: ({key}) => key, whole: true},
  {title: 'VALUE', cell: ({value}) => (value === null ? '********' : value.replaceAll('\n', ' '))},
  {title: 'ORIGIN', cell: ({origin, source}) => source ?? origin},
]
