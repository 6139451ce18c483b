import type {DatabaseSync} from 'node:sqlite'
import {BiomajError} from '../../../shared/errors.js'
import {isNothingToRollBack} from './database-error.js'
import {migrations} from './migrations.js'
import type {SchemaPart} from './migrations.js'

/** `BioM`: tells our databases from those of other programs. */
const applicationId = 0x42_69_6f_4d

/**
 * Refuses a database of another program and one of a newer version of ours, before anything is written to it.
 *
 * @throws BiomajError `config_invalid`
 */
export function checkOrigin(handle: DatabaseSync, file: string): void {
  const id = Number(handle.prepare('pragma application_id').get()?.['application_id'] ?? 0)
  const tables = Number(handle.prepare('select count(*) as n from sqlite_schema').get()?.['n'] ?? 0)
  if (id === 0 && tables === 0) return
  if (id !== applicationId) {
    throw new BiomajError({
      code: 'config_invalid',
      message: `The database ${file} belongs to another program`,
      hint: 'Move it away, or choose another data directory',
    })
  }
  for (const part of Object.keys(migrations) as SchemaPart[]) {
    const version = versionOf(handle, part)
    if (version > migrations[part].length) {
      throw new BiomajError({
        code: 'config_invalid',
        message: `The database ${file} was written by a newer version of biomaj`,
        hint: 'Update biomaj, or choose another data directory',
        details: {file, part, version, known: migrations[part].length},
      })
    }
  }
}

/** Brings the tables of a part up to date, as one transaction; another process may be at it at the same time. */
export function migrate(handle: DatabaseSync, part: SchemaPart): void {
  handle.exec('begin immediate')
  try {
    handle.exec(`pragma application_id = ${applicationId}`)
    handle.exec('create table if not exists schema_versions (part text primary key, version integer not null) strict')
    for (const step of migrations[part].slice(versionOf(handle, part))) handle.exec(step)
    handle.prepare('insert or replace into schema_versions values (?, ?)').run(part, migrations[part].length)
    handle.exec('commit')
  } catch (error) {
    rollBack(handle)
    throw error
  }
}

function versionOf(handle: DatabaseSync, part: SchemaPart): number {
  const known = handle.prepare("select 1 from sqlite_schema where name = 'schema_versions'").get()
  if (known === undefined) return 0
  return Number(handle.prepare('select version from schema_versions where part = ?').get(part)?.['version'] ?? 0)
}

function rollBack(handle: DatabaseSync): void {
  try {
    handle.exec('rollback')
  } catch (error) {
    if (!isNothingToRollBack(error)) throw error
  }
}
