import type {Block} from './blocks.js'
import {count, type Line, line, type Mark, markText} from './text.js'

/** What a check found in the file of one bank. */
export interface CheckedFile {
  file: string
  bank: string
  valid: boolean
  findings: readonly CheckFinding[]
}

export interface CheckFinding {
  severity: 'error' | 'warning'
  rule: string
  key: string | null
  file: string
  line: number | null
  message: string
  hint: string
}

/** Nobody reads more, and a file may be made to give any number. */
const mostShown = 100

export function errorsOf({findings}: CheckedFile): number {
  return findings.filter(({severity}) => severity === 'error').length
}

/** One block for each file, and how it stands with all of them where there are several. */
export function checkScreen(files: readonly CheckedFile[]): Block[] {
  const blocks: Block[] = files.map(file => ({
    kind: 'lines',
    lines: [headLine(file), ...file.findings.slice(0, mostShown).flatMap(findingLines), ...restLines(file)],
  }))
  if (files.length < 2) return blocks
  const invalid = files.filter(({valid}) => !valid).length
  const total = invalid === 0 ? `${files.length} files, all valid` : `${files.length} files, ${invalid} invalid`
  return [...blocks, {kind: 'lines', lines: [line(total)]}]
}

function headLine(checked: CheckedFile): Line {
  const {symbol, word, tone}: Mark = checked.valid
    ? {symbol: '✓', word: 'valid', tone: 'good'}
    : {symbol: '✗', word: 'invalid', tone: 'bad'}
  const errors = errorsOf(checked)
  const warnings = checked.findings.length - errors
  const counts = [errors > 0 && count(errors, 'error'), warnings > 0 && count(warnings, 'warning')]
  const found = counts.filter(text => text !== false).join(', ')
  return line(
    {text: markText({symbol, word, tone}), tone},
    '  ',
    {text: checked.file, tone: 'title'},
    found && `  ${found}`,
  )
}

function restLines({findings}: CheckedFile): Line[] {
  const more = findings.length - mostShown
  return more > 0 ? [line({text: `  … and ${more} more, which --json tells`, tone: 'calm'})] : []
}

function findingLines({severity, key, file, line: number, message, hint}: CheckFinding): Line[] {
  const {symbol, word, tone}: Mark =
    severity === 'error' ? {symbol: '✗', word: 'error', tone: 'bad'} : {symbol: '!', word: 'warning', tone: 'worry'}
  // Editors and terminals open `file:line`.
  const place = number === null ? file : `${file}:${number}`
  return [
    line(
      '  ',
      place,
      '  ',
      {text: markText({symbol, word, tone}), tone},
      '  ',
      key ?? '',
      key === null ? '' : ': ',
      message,
    ),
    line({text: `    ${hint}`, tone: 'calm'}),
  ]
}
