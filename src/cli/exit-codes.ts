import type {ErrorCode} from '../shared/errors.js'

/** Exit status of each error code. Public: documented in docs/exit-codes.md and frozen by a test. */
export const exitCodes: Readonly<Record<ErrorCode, number>> = {
  refused: 1,
  server_error: 1,
  output_failed: 1,

  usage: 2,
  input_required: 2,

  no_cluster: 3,
  config_invalid: 3,
  keychain_unavailable: 3,

  login_required: 4,
  key_invalid: 4,
  bad_credentials: 4,
  forbidden: 4,
  redirect_refused: 4,
  insecure_http: 4,
  read_only: 4,

  bank_not_found: 5,
  release_not_found: 5,
  context_not_found: 5,
  job_not_found: 5,
  user_not_found: 5,
  schedule_entry_not_found: 5,
  cluster_not_running: 5,

  bank_locked: 6,
  bank_busy: 6,
  bank_idle: 6,
  maintenance: 6,
  context_exists: 6,
  port_in_use: 6,
  cluster_running: 6,
  user_exists: 6,
  bank_exists: 6,

  unreachable: 7,
  timeout: 7,
  tls: 7,
  protocol: 7,
  response_too_large: 7,
  outcome_unknown: 7,

  wait_timeout: 8,
  update_failed: 9,
  update_never_started: 9,
  update_cancelled: 10,

  internal: 70,
  interrupted: 130,
  terminated: 143,
}

/** The exit status for several banks or contexts: that of an interruption, else that of the first that is not well. */
export function exitCodeOfAll(parts: ReadonlyArray<{exitCode: number}>): number {
  const codes = parts.map(({exitCode}) => exitCode)
  const interrupted = codes.find(code => code === exitCodes.interrupted || code === exitCodes.terminated)
  return interrupted ?? codes.find(code => code !== 0) ?? 0
}
