/**
 * Every failure that a user can meet has one stable code. Low layers throw facts with a code;
 * `cli/exit-codes.ts` gives each code its exit status, and `cli/error-report.ts` the words.
 */
export type ErrorCode =
  // the cluster refused or failed the operation
  | 'refused'
  | 'server_error'
  // what it printed did not arrive
  | 'output_failed'
  // usage
  | 'usage'
  | 'input_required'
  // configuration
  | 'no_cluster'
  | 'config_invalid'
  | 'keychain_unavailable'
  // authentication and permission
  | 'login_required'
  | 'key_invalid'
  | 'bad_credentials'
  | 'forbidden'
  | 'redirect_refused'
  | 'insecure_http'
  | 'read_only'
  // not found
  | 'bank_not_found'
  | 'release_not_found'
  | 'context_not_found'
  | 'job_not_found'
  | 'user_not_found'
  | 'schedule_entry_not_found'
  | 'cluster_not_running'
  // conflict
  | 'bank_locked'
  | 'bank_busy'
  | 'bank_idle'
  | 'maintenance'
  | 'context_exists'
  | 'port_in_use'
  | 'cluster_running'
  | 'user_exists'
  | 'bank_exists'
  // the cluster cannot be reached, or does not speak BioMAJ
  | 'unreachable'
  | 'timeout'
  | 'tls'
  | 'protocol'
  | 'response_too_large'
  | 'outcome_unknown'
  // waiting
  | 'wait_timeout'
  | 'update_failed'
  | 'update_cancelled'
  | 'update_never_started'
  // ours
  | 'internal'
  | 'interrupted'
  | 'terminated'

export interface ErrorOptions {
  code: ErrorCode
  /** What failed, and why in the server's words if it gave any. One line. */
  message: string
  /** What the user can do next. One line. */
  hint?: string | undefined
  /** Facts for scripts; must be serialisable and free of secrets. */
  details?: Record<string, unknown> | undefined
  cause?: unknown
}

/** A failure with a stable code, a reason and, where there is one, a way out. */
export class BiomajError extends Error {
  readonly code: ErrorCode
  readonly hint: string | undefined
  readonly details: Record<string, unknown> | undefined

  constructor({code, message, hint, details, cause}: ErrorOptions) {
    super(message, cause === undefined ? undefined : {cause})
    this.name = 'BiomajError'
    this.code = code
    this.hint = hint
    this.details = details
  }
}
