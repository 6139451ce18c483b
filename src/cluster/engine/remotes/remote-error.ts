import {BiomajError, type ErrorCode} from '../../../shared/errors.js'

/** Why a listing or a transfer failed. */
export class RemoteError extends BiomajError {
  /** Trying again cannot help: the file is not there, the key is wrong, the disk is full. */
  readonly permanent: boolean

  constructor({
    permanent = false,
    ...options
  }: {
    code: ErrorCode
    message: string
    permanent?: boolean
    hint?: string | undefined
    cause?: unknown
  }) {
    super(options)
    this.name = 'RemoteError'
    this.permanent = permanent
  }
}

const diskErrors: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EROFS: 'the file system is read-only',
  EACCES: 'it may not be written',
  EPERM: 'it may not be written',
  EFBIG: 'the file system takes no file of this size',
  EMFILE: 'too many files are open',
  ENAMETOOLONG: 'its name is too long for the file system',
  ENOTDIR: 'a part of its path is a file, not a folder',
  EISDIR: 'a folder has its name',
}

/** The failure of our own disk, or undefined when the error is none. */
export function diskError(error: unknown, file: string): RemoteError | undefined {
  const code = codeOf(error)
  const reason = code === undefined ? undefined : diskErrors[code]
  if (reason === undefined) return undefined
  return new RemoteError({
    code: 'server_error',
    message: `${file} cannot be written: ${reason}`,
    permanent: code !== 'EMFILE',
    hint:
      code === 'ENOSPC' || code === 'EDQUOT' ? 'Free some space, then update again: what is there is kept.' : undefined,
    cause: error,
  })
}

/** The system's code of an error: of itself, or of what caused it. */
export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  if ('code' in error && typeof error.code === 'string' && /^[A-Z_0-9]+$/.test(error.code)) return error.code
  return codeOf(error.cause)
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
