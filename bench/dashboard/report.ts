import {readFile, writeFile} from 'node:fs/promises'
import type {Figure, Findings, Unit} from './figures.ts'

/** What one run of the bench found. */
export interface Report {
  machine: {cpu: string; cores: number; system: string; node: string; at: string}
  parts: ReadonlyArray<Findings & {part: string; load: number}>
}

const headers = ['figure', 'measured', 'bar', 'verdict']
const begin = '<!-- bench:dashboard begin: written by `npm run bench:dashboard -- --write docs/performance.md` -->'
const end = '<!-- bench:dashboard end -->'

export function textOf(report: Report): string {
  const rows = [headers, ...rowsOf(report)]
  const widths = headers.map((_, column) => Math.max(...rows.map(row => row[column]?.length ?? 0)))
  const table = rows.map(row =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
  return [...table, '', ...remarksOf(report)].join('\n')
}

export function documentOf({machine, parts}: Report): unknown {
  return {
    machine,
    parts: parts.map(({figures, ...part}) => ({
      ...part,
      figures: figures.map(figure => ({...figure, verdict: verdictOf(figure)})),
    })),
  }
}

/** Puts the table between the two marks of a Markdown file, and leaves the rest of it as it is. */
export async function writeInto(file: string, report: Report): Promise<void> {
  const text = await readFile(file, 'utf8')
  const [from, to] = [text.indexOf(begin), text.indexOf(end)]
  if (from === -1 || to < from) throw new Error(`${file} has no place for the figures:\n${begin}\n${end}`)
  const markdown = [
    [row(headers), row(headers.map(() => '---')), ...rowsOf(report).map(row)].join('\n'),
    remarksOf(report)
      .map(remark => `- ${remark}`)
      .join('\n'),
  ].join('\n\n')
  await writeFile(file, `${text.slice(0, from)}${begin}\n\n${markdown}\n\n${text.slice(to)}`)
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`
}

function rowsOf({parts}: Report): string[][] {
  return parts.flatMap(({figures}) =>
    figures.map(figure => [
      figure.figure,
      written(figure.value, figure.unit),
      figure.atMost === undefined ? '-' : `at most ${figure.atMost}${withUnit(figure.unit)}`,
      verdictOf(figure),
    ]),
  )
}

function verdictOf({value, atMost}: Figure): 'ok' | 'missed' | 'no bar' {
  if (atMost === undefined) return 'no bar'
  return value <= atMost ? 'ok' : 'missed'
}

function written(value: number, unit: Unit): string {
  const digits = Number.isInteger(value) || value >= 100 ? 0 : value < 10 ? 2 : 1
  return `${value.toFixed(digits)}${withUnit(unit)}`
}

function withUnit(unit: Unit): string {
  return unit === '' ? '' : ` ${unit}`
}

function remarksOf({machine: {cpu, cores, system, node, at}, parts}: Report): string[] {
  const loads = parts.map(({part, load}) => `${part} ${load.toFixed(1)}`)
  return [
    ...parts.flatMap(({remarks = []}) => remarks),
    `${at.slice(0, 10)}, ${cores} cores (${cpu}), ${system}, Node ${node}; load when each part began: ${loads.join(', ')}.`,
  ]
}
