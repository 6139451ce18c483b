import type {Origin} from '../bank-properties.js'

/** `error`: BioMAJ refuses the bank. `warning`: BioMAJ ignores it, or understands something else. */
export type Severity = 'error' | 'warning'

/** One thing that is wrong with a bank's properties. */
export interface Finding {
  severity: Severity
  /** Stable name of the rule. */
  rule: string
  /** As BioMAJ calls it; null when the whole file is meant. */
  key: string | null
  file: string
  /** From 1; null when a line is missing, or the value comes from elsewhere. */
  line: number | null
  message: string
  /** What to do. */
  hint: string
}

/** The place of an origin, for a finding; what is in no file is told at the bank's file. */
export function placeOf(origin: Origin | undefined, bankFile: string): Pick<Finding, 'file' | 'line'> {
  return origin && 'file' in origin ? {file: origin.file, line: origin.line} : {file: bankFile, line: null}
}

/** Errors before warnings would tear apart what is close in the file: findings come in the order of their lines. */
export function inOrder(findings: readonly Finding[], bankFile: string): Finding[] {
  const elsewhere = ({file}: Finding) => (file === bankFile ? 0 : 1)
  return findings.toSorted(
    (a, b) => elsewhere(a) - elsewhere(b) || a.file.localeCompare(b.file) || (a.line ?? 0) - (b.line ?? 0),
  )
}
