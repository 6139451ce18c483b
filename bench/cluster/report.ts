import {readFile, writeFile} from 'node:fs/promises'
import {type Curve, type Figure, type Findings, ratioOf, type Unit, verdictOf} from './figures.ts'

/** What one run of the bench found; with `--json` this is the document. */
export interface Report {
  machine: {cpu: string; cores: number; system: string; node: string; at: string}
  parts: ReadonlyArray<Findings & {part: string; load: {before: number; after: number}}>
  /** What was left out, and why. */
  skipped: readonly string[]
}

const headers = ['figure', 'ours', 'theirs', 'ratio', 'bar', 'verdict']
const begin = '<!-- bench:cluster begin: written by `npm run bench:cluster -- --write docs/performance.md` -->'
const end = '<!-- bench:cluster end -->'

/** For people, at a terminal. */
export function textOf(report: Report): string {
  const rows = [headers, ...report.parts.flatMap(({figures}) => figures.map(cells))]
  const widths = headers.map((_, column) => Math.max(...rows.map(row => row[column]?.length ?? 0)))
  const table = rows.map(row =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
  return [...table, '', ...curvesOf(report).flatMap(each => [...bars(each), '']), ...remarksOf(report)].join('\n')
}

/** The same as JSON, each figure with its ratio and verdict. */
export function documentOf({machine, parts, skipped}: Report): unknown {
  return {
    machine,
    parts: parts.map(({figures, ...part}) => ({
      ...part,
      figures: figures.map(figure => ({...figure, ratio: ratioOf(figure), verdict: verdictOf(figure)})),
    })),
    skipped,
  }
}

/** Puts the tables between the two marks of a Markdown file, and leaves the rest of it as it is. */
export async function writeInto(file: string, report: Report): Promise<void> {
  const text = await readFile(file, 'utf8')
  const [from, to] = [text.indexOf(begin), text.indexOf(end)]
  if (from === -1 || to < from) throw new Error(`${file} has no place for the figures:\n${begin}\n${end}`)
  await writeFile(file, `${text.slice(0, from)}${begin}\n\n${markdownOf(report)}\n\n${text.slice(to)}`)
}

function markdownOf(report: Report): string {
  const rows = report.parts.flatMap(({figures}) => figures.map(cells))
  const curves = curvesOf(report).map(each => ['```text', ...bars(each), '```'].join('\n'))
  const remarks = remarksOf(report).map(remark => `- ${remark}`)
  return [
    [row(headers), row(headers.map(() => '---')), ...rows.map(row)].join('\n'),
    ...curves,
    remarks.join('\n'),
  ].join('\n\n')
}

function row(texts: readonly string[]): string {
  return `| ${texts.join(' | ')} |`
}

function cells(figure: Figure): string[] {
  const {unit, ours, theirs, bar} = figure
  const ratio = ratioOf(figure)
  const wanted =
    bar === null
      ? '-'
      : 'atMost' in bar
        ? `at most ${written(bar.atMost, unit, 0)}`
        : 'ratioAtMost' in bar
          ? `ratio at most ${bar.ratioAtMost}`
          : `ratio at least ${bar.ratioAtLeast}`
  return [
    figure.figure,
    written(ours, unit),
    theirs === null ? '-' : written(theirs, unit),
    ratio === null ? '-' : ratio.toFixed(2),
    wanted,
    verdictOf(figure),
  ]
}

function written(value: number, unit: Unit, digits = digitsOf(value)): string {
  if (unit === 'times') return `${value.toFixed(value % 1 === 0 ? 0 : Math.max(1, digits))}x`
  return `${value.toFixed(digits)} ${unit}`
}

function digitsOf(value: number): number {
  return value < 1 ? 2 : value < 100 ? 1 : 0
}

function curvesOf({parts}: Report): Curve[] {
  return parts.flatMap(({curves = []}) => curves)
}

/** One line for each point, as long as its value. */
function bars({title, unit, points}: Curve): string[] {
  const width = 40
  const most = Math.max(...points.map(({value}) => value))
  const widest = Math.max(...points.map(({at}) => at.length))
  return [
    title,
    ...points.map(({at, value}) => {
      const bar = '#'.repeat(Math.max(1, Math.round((value / most) * width)))
      return `${at.padStart(widest)} ${bar.padEnd(width)} ${written(value, unit, 2)}`
    }),
  ]
}

function remarksOf({machine, parts, skipped}: Report): string[] {
  const {cpu, cores, system, node, at} = machine
  const loads = parts.map(({part, load}) => `${part} ${load.before.toFixed(1)}`)
  return [
    ...parts.flatMap(({remarks = []}) => remarks),
    ...skipped.map(reason => `Left out: ${reason}`),
    `${at.slice(0, 10)}, ${cores} cores (${cpu}), ${system}, Node ${node}; load when each part began: ${loads.join(', ')}.`,
  ]
}
