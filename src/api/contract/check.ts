import * as z from 'zod/mini'
import {mismatch, parseBody} from './parse.js'

/** What is wrong or odd in the properties of a bank. */
export interface CheckFinding {
  severity: 'error' | 'warning'
  rule: string
  key: string | null
  /** Line of the file, from 1. */
  line: number | null
  message: string
  hint: string | null
}

/** Whether the cluster would take the properties of a bank. */
export interface BankCheck {
  bank: string
  valid: boolean
  /** Null where the cluster gives no causes: BioMAJ writes them into the log of its server only. */
  findings: CheckFinding[] | null
}

const findingsBody = z.optional(
  z.array(
    z.object({
      severity: z.enum(['error', 'warning']),
      rule: z.string(),
      key: z.nullish(z.string()),
      line: z.nullish(z.number()),
      message: z.string(),
      hint: z.nullish(z.string()),
    }),
  ),
)

/** `alu check: True`, and beside it the causes where the cluster tells them. */
export function parseCheck(bank: string, answer: {msg: unknown; findings: unknown}, route: string): BankCheck {
  const verdict = / check: (True|False)\s*$/.exec(typeof answer.msg === 'string' ? answer.msg : '')?.[1]
  if (verdict === undefined) throw mismatch(route, 'msg: no verdict')
  const findings = parseBody(findingsBody, answer.findings, route)
  return {
    bank,
    valid: verdict === 'True',
    findings:
      findings?.map(({key, line, hint, ...finding}) => ({
        ...finding,
        key: key ?? null,
        line: line ?? null,
        hint: hint ?? null,
      })) ?? null,
  }
}
