import * as z from 'zod/mini'
import {cells, headers, mismatch, parseBody, type Row, rowsOf} from './parse.js'
import {type ServerTime, serverTime, utcTime} from './time.js'

export interface BankSummary {
  name: string
  types: string[]
  /** Remote name of the release that is published as `current`; null when none is. */
  publishedRelease: string | null
  visibility: string
  lastUpdate: ServerTime | null
}

const listBody = z.object({headers, banks: z.array(cells)})

export function parseBankList(body: unknown, route: string): BankSummary[] {
  const {headers: columns, banks} = parseBody(listBody, body, route)
  return rowsOf({headers: columns, rows: banks}, route).map(row => ({
    name: row.required('Name'),
    types: row.list('Type(s)'),
    publishedRelease: row.text('Release') ?? null,
    visibility: row.text('Visibility') ?? 'unknown',
    lastUpdate: serverTime(row.text('Last update') ?? undefined),
  }))
}

const failedBody = z.object({headers, banks: z.array(cells)})

/** Banks whose last run did not end well (`status/ko`). */
export function parseFailedBanks(body: unknown, route: string): string[] {
  const {headers: columns, banks} = parseBody(failedBody, body, route)
  return rowsOf({headers: columns, rows: banks}, route).map(row => row.required('Name'))
}

/** One release in production. */
export interface Release {
  /** Local name; differs from the remote one when the same release was fetched again (`2026-11-21__1`). */
  release: string
  remoteRelease: string
  published: boolean
  frozen: boolean
  formats: string[]
  directory: string
  /** When the run that made it began. */
  session: ServerTime | null
  /** Bytes; null unless the cluster keeps statistics of the bank (`data.stats`). */
  sizeBytes: number | null
}

/** A release whose run has not finished. */
export interface PendingRelease {
  release: string | null
  lastRun: ServerTime | null
}

export interface BankDetail {
  name: string
  types: string[]
  /** Local name of the release that is published as `current`; the list of banks has the remote one. */
  publishedRelease: string | null
  lastUpdate: ServerTime | null
  releases: Release[]
  pending: PendingRelease[]
}

const table = z.object({headers, details: z.array(cells)})
const detailBody = z.object({bank: z.object({info: table, production: table, pending: z.array(cells)})})

export function parseBankDetail(body: unknown, route: string): BankDetail {
  const {info, production, pending} = parseBody(detailBody, body, route).bank
  const [bank] = rowsOf({headers: info.headers, rows: info.details}, route)
  if (!bank) throw mismatch(route, 'bank.info.details: no row')
  const published = bank.text('Published release') ?? null
  return {
    name: bank.required('Name'),
    types: bank.list('Type(s)'),
    publishedRelease: published,
    lastUpdate: serverTime(bank.text('Last update status')),
    releases: rowsOf({headers: production.headers, rows: production.details}, route).map(row =>
      parseRelease(row, published),
    ),
    pending: parsePending(pending, route),
  }
}

function parseRelease(row: Row, published: string | null): Release {
  const release = row.required('Release')
  return {
    release,
    remoteRelease: row.text('Remote release') ?? release,
    published: release === published,
    frozen: row.flag('Freeze'),
    formats: row.list('Format(s)'),
    directory: row.text('Directory') ?? '',
    session: serverTime(row.text('Session')),
    sizeBytes: null,
  }
}

/** Pending releases come as a bare list of rows, the header cells being the first of them. */
function parsePending(pending: ReadonlyArray<readonly unknown[]>, route: string): PendingRelease[] {
  const [columns, ...rows] = pending
  if (!columns) return []
  return rowsOf({headers: columns.map(String), rows}, route).map(row => ({
    release: row.text('Pending release') ?? null,
    lastRun: serverTime(row.text('Last run')),
  }))
}

const statsBody = z.object({headers, stats: z.array(cells)})

/** Bytes on disk by bank and local release. A bank's own row carries `All`; those of its releases have no bank name. */
export function parseStats(body: unknown, route: string): Map<string, Map<string, number>> {
  const {headers: columns, stats} = parseBody(statsBody, body, route)
  const sizes = new Map<string, Map<string, number>>()
  let current = new Map<string, number>()
  for (const row of rowsOf({headers: columns, rows: stats}, route)) {
    const bank = row.text('Bank')
    if (bank !== undefined) sizes.set(bank, (current = new Map()))
    else current.set(row.required('Release'), row.text('Size') === undefined ? 0 : row.count('Size'))
  }
  return sizes
}

export interface HistoryEntry {
  bank: string
  action: string
  /** RFC 3339, UTC, whole seconds. */
  start: string | null
  end: string | null
  /** A new release was made. Can be true of a run that failed: `error` decides. */
  updated: boolean
  error: boolean
  /** Somebody cancelled it; then `error` is true too. Absent where the cluster does not tell (`history-reason`). */
  cancelled?: boolean
  /** Why it failed, where the cluster tells it. */
  reason?: string | null
}

const historyBody = z.object({
  headers,
  history: z.array(cells),
  // Row by row what some clusters tell beside BioMAJ's table.
  runs: z.optional(z.array(z.object({bank: z.string(), cancelled: z.boolean(), reason: z.nullable(z.string())}))),
})

/** Newest first, as the daemon sorts them. */
export function parseHistory(body: unknown, route: string): HistoryEntry[] {
  const {headers: columns, history, runs} = parseBody(historyBody, body, route)
  return rowsOf({headers: columns, rows: history}, route).map((row, index) => ({
    bank: row.required('Bank'),
    action: row.text('Action') ?? 'unknown',
    start: utcTime(row.text('Start')),
    end: utcTime(row.text('End')),
    updated: row.flag('Updated'),
    error: row.flag('Error'),
    ...toldOf(runs?.[index]),
  }))
}

function toldOf(
  run: {cancelled: boolean; reason: string | null} | undefined,
): Pick<HistoryEntry, 'cancelled' | 'reason'> {
  return run === undefined ? {} : {cancelled: run.cancelled, reason: run.reason}
}
