import * as z from 'zod/mini'
import {BiomajError} from '../../shared/errors.js'

/**
 * Checks a decoded body against a schema.
 *
 * @param route what was asked, for the message: `GET /api/daemon/status`
 * @throws {BiomajError} `protocol`, naming the route and the first field that does not fit
 */
export function parseBody<T>(schema: z.ZodMiniType<T>, body: unknown, route: string): T {
  const result = z.safeParse(schema, body)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  const field = issue && issue.path.length > 0 ? issue.path.join('.') : 'the body'
  throw mismatch(route, `${field}: ${issue?.message ?? 'does not fit'}`)
}

export function mismatch(route: string, what: string): BiomajError {
  return new BiomajError({code: 'protocol', message: `Unexpected answer to ${route}: ${what}`})
}

/** A table as BioMAJ sends it: header cells and rows of cells. */
export interface Table {
  headers: readonly string[]
  rows: ReadonlyArray<readonly unknown[]>
}

export const cells = z.array(z.unknown())
export const headers = z.array(z.string())

/** Reads cells of one row by the header's name, so that a column added by a newer daemon does no harm. */
export class Row {
  readonly #table: Table
  readonly #row: readonly unknown[]
  readonly #route: string

  constructor(table: Table, row: readonly unknown[], route: string) {
    this.#table = table
    this.#row = row
    this.#route = route
  }

  /** The cell as text, or undefined for an absent value (BioMAJ writes `N/A`, an empty cell or null). */
  text(header: string): string | undefined {
    const value = this.#cell(header)
    if (value === null || value === undefined || value === '' || value === 'N/A') return undefined
    return typeof value === 'string' ? value : JSON.stringify(value)
  }

  required(header: string): string {
    const value = this.text(header)
    if (value === undefined) throw mismatch(this.#route, `"${header}" is empty`)
    return value
  }

  /** A comma-separated cell, or a list as it is. */
  list(header: string): string[] {
    const value = this.#cell(header)
    const items = Array.isArray(value) ? value.map(String) : (this.text(header) ?? '').split(',')
    return items.map(item => item.trim()).filter(item => item !== '')
  }

  /** A whole number from 0 on. The wire has it as text. */
  count(header: string): number {
    const text = this.required(header)
    if (!/^\d+(\.0+)?$/.test(text)) throw mismatch(this.#route, `"${header}" is not a number`)
    return Number(text)
  }

  flag(header: string): boolean {
    return ['true', 'yes', '1'].includes(String(this.#cell(header)).toLowerCase())
  }

  #cell(header: string): unknown {
    const index = this.#table.headers.indexOf(header)
    if (index === -1) throw mismatch(this.#route, `no column "${header}"`)
    return this.#row[index]
  }
}

export function rowsOf(table: Table, route: string): Row[] {
  return table.rows.map(row => new Row(table, row, route))
}
