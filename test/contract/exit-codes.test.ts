import {readFileSync} from 'node:fs'
import {expect, it} from 'vitest'
import {exitCodes} from '../../src/cli/exit-codes.js'

const guide = readFileSync(new URL('../../docs/exit-codes.md', import.meta.url), 'utf8')

function documented(): Record<string, number> {
  const rows = [...guide.matchAll(/^\| (\d+) \|[^|]*\|([^|]*)\|$/gm)]
  return Object.fromEntries(
    rows.flatMap(([, exit, codes = '']) => [...codes.matchAll(/`([a-z_]+)`/g)].map(([, code]) => [code, Number(exit)])),
  )
}

it('docs/exit-codes.md has every error code, at its exit status, and no other', () => {
  expect(documented()).toEqual(exitCodes)
})

it('no exit status changes its meaning', () => {
  expect(exitCodes).toMatchInlineSnapshot(`
    {
      "bad_credentials": 4,
      "bank_busy": 6,
      "bank_exists": 6,
      "bank_idle": 6,
      "bank_locked": 6,
      "bank_not_found": 5,
      "cluster_not_running": 5,
      "cluster_running": 6,
      "config_invalid": 3,
      "context_exists": 6,
      "context_not_found": 5,
      "forbidden": 4,
      "input_required": 2,
      "insecure_http": 4,
      "internal": 70,
      "interrupted": 130,
      "job_not_found": 5,
      "key_invalid": 4,
      "keychain_unavailable": 3,
      "login_required": 4,
      "maintenance": 6,
      "no_cluster": 3,
      "outcome_unknown": 7,
      "output_failed": 1,
      "port_in_use": 6,
      "protocol": 7,
      "read_only": 4,
      "redirect_refused": 4,
      "refused": 1,
      "release_not_found": 5,
      "response_too_large": 7,
      "schedule_entry_not_found": 5,
      "server_error": 1,
      "terminated": 143,
      "timeout": 7,
      "tls": 7,
      "unreachable": 7,
      "update_cancelled": 10,
      "update_failed": 9,
      "update_never_started": 9,
      "usage": 2,
      "user_exists": 6,
      "user_not_found": 5,
      "wait_timeout": 8,
    }
  `)
})
