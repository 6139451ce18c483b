import {BiomajError, type ErrorCode} from '../../shared/errors.js'
import {sanitise} from '../../shared/sanitise.js'

export type RefusalStatus = 400 | 401 | 403 | 404 | 405 | 409 | 413 | 422 | 500 | 503

/** A request that is not carried out, with the words of BioMAJ where it has some: its client shows nothing else. */
export class Refusal extends BiomajError {
  readonly status: RefusalStatus
  /** `msg` of the answer. */
  readonly words: string
  /** Further members of the answer, such as jobs that were made all the same. */
  readonly extra: Readonly<Record<string, unknown>>

  constructor({
    code,
    message,
    hint,
    words = message,
    status = statusOf(code),
    extra = {},
  }: {
    code: ErrorCode
    message: string
    hint?: string | undefined
    words?: string | undefined
    status?: RefusalStatus | undefined
    extra?: Readonly<Record<string, unknown>> | undefined
  }) {
    super({code, message, hint})
    this.name = 'Refusal'
    this.status = status
    this.words = words
    this.extra = extra
  }
}

const statuses: Partial<Record<ErrorCode, RefusalStatus>> = {
  usage: 400,
  login_required: 401,
  key_invalid: 401,
  bad_credentials: 401,
  forbidden: 403,
  bank_not_found: 404,
  release_not_found: 404,
  job_not_found: 404,
  bank_exists: 409,
  bank_locked: 409,
  bank_busy: 409,
  bank_idle: 409,
  maintenance: 409,
  refused: 422,
  config_invalid: 422,
  user_not_found: 404,
}

function statusOf(code: ErrorCode): RefusalStatus {
  return statuses[code] ?? 500
}

/** What is known of any error that may be told; undefined for those that nobody expected. */
export function refusalOf(error: unknown): Refusal | undefined {
  if (error instanceof Refusal) return error
  if (!(error instanceof BiomajError)) return undefined
  const {code, message, hint} = error
  const words = code === 'release_not_found' ? noProduction : message
  return new Refusal({code, message, hint, words})
}

/** Body of an answer that is not 2xx. */
export function refusalBody({code, message, hint, words, extra}: Refusal): Record<string, unknown> {
  return {...extra, error: {code, message, ...(hint === undefined ? {} : {hint})}, msg: words}
}

const noProduction = 'No production session could be found for this release'

export const bankNotFound = (name: string): Refusal => {
  const shown = sanitise(name, {maxLength: 100})
  return new Refusal({
    code: 'bank_not_found',
    message: `There is no bank "${shown}" on this cluster`,
    words: `Configuration file ${shown}.properties does not exists`,
  })
}

export const releaseNotFound = (bank: string, release: string | null): Refusal =>
  new Refusal({
    code: 'release_not_found',
    message:
      release === null
        ? `Bank "${bank}" has no release in production`
        : `Bank "${bank}" has no release "${sanitise(release, {maxLength: 100})}" in production`,
    words: noProduction,
  })

export const accessForbidden = (bank: string): Refusal =>
  new Refusal({
    code: 'forbidden',
    message: `Bank "${bank}" is private: only its owner and administrators may see it`,
    words: 'Access forbidden',
  })

export const notOwner = (bank: string, owner: string): Refusal =>
  new Refusal({
    code: 'forbidden',
    message: `Only administrators and the owner of bank "${bank}", ${owner}, may do this`,
    words: `Not authorized, bank owned by ${owner}`,
  })

export const bankLocked = (bank: string, by?: {action: string; owner: string}): Refusal =>
  new Refusal({
    code: 'bank_locked',
    message: `Bank "${bank}" is locked${by === undefined ? '' : ` by the ${by.action} that ${by.owner} asked for`}`,
    words: 'Bank is locked due to an other action',
    hint: 'Wait until it has ended, or cancel it.',
  })

export const inMaintenance = (): Refusal =>
  new Refusal({
    code: 'maintenance',
    message: 'The cluster is in maintenance: it takes no updates and removals now',
    words: 'BioMAJ is in maintenance',
  })

export const usage = (message: string, hint?: string): Refusal => new Refusal({code: 'usage', message, hint})
