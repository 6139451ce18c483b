import {BiomajError} from '../../../shared/errors.js'

/** SQLite's primary result codes that somebody can do something about. */
const busy = 5
/** Another process puts the files in order after a crash. */
const busyRecovery = 261
const readOnly = 8
const ioError = 10
const corrupt = 11
const full = 13
const cannotOpen = 14
const notADatabase = 26

/** Gives SQLite's failures a code and a way out; what is a bug of ours (a constraint, a wrong statement) stays as it is. */
export function databaseError(error: unknown, file: string): unknown {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return error
  const known = facts(error.errcode & 0xff, file)
  return known === undefined ? error : new BiomajError({...known, cause: error, details: {file, sqlite: error.message}})
}

function facts(code: number, file: string): ConstructorParameters<typeof BiomajError>[0] | undefined {
  switch (code) {
    case busy:
      return {
        code: 'server_error',
        message: `The database ${file} is held by another process for too long`,
        hint: 'Look for a second cluster or a backup that works on the same file',
      }
    case readOnly:
      return {code: 'config_invalid', message: `The database ${file} cannot be written`, hint: 'Check its permissions'}
    case ioError:
      return {code: 'server_error', message: `The disk failed while the database ${file} was in use`}
    case full:
      return {code: 'server_error', message: `The disk of the database ${file} is full`, hint: 'Free some space'}
    case cannotOpen:
      return {
        code: 'config_invalid',
        message: `The database ${file} cannot be opened`,
        hint: 'Check that its folder exists and can be written',
      }
    case corrupt:
      return {
        code: 'config_invalid',
        message: `The database ${file} is damaged`,
        hint: 'Restore it from a backup, or move it away to begin anew',
      }
    case notADatabase:
      return {
        code: 'config_invalid',
        message: `The file ${file} is not a database`,
        hint: 'Move it away, or choose another data directory',
      }
    default:
      return undefined
  }
}

/** Whether another connection writes just now. Not when a transaction has read what was written since: waiting is no help. */
export function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && (error.errcode === busy || error.errcode === busyRecovery)
}

/** Node 22.13 cannot tell whether a transaction is open. */
export function isNothingToRollBack(error: unknown): boolean {
  return error instanceof Error && error.message.includes('no transaction is active')
}
