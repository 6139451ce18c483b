import {told} from '../told.js'
import {indentOf, linesOf, rightStrip, strip} from './python-text.js'

/** One `key = value` of a file; later lines of the value are joined by line feeds. */
export interface IniEntry {
  /** Lower case, as BioMAJ looks it up. */
  key: string
  /** As it was typed. */
  name: string
  /** Before interpolation. */
  raw: string
  file: string
  /** Of the line with the key, from 1. */
  line: number
}

export type IniSection = ReadonlyMap<string, IniEntry>

/** Why Python refuses the file. */
export interface IniProblem {
  kind: 'no-section-header' | 'duplicate-section' | 'duplicate-key' | 'no-delimiter' | 'no-key'
  line: number
  key?: string
  message: string
}

export interface IniFile {
  file: string
  sections: ReadonlyMap<string, IniSection>
  /** Section `[DEFAULT]`: what every section has, unless it says otherwise. */
  defaults: IniSection
  /** Line of each section's first header. */
  headers: ReadonlyMap<string, number>
  /** Not empty: Python gives up on the file, and with it on the bank. */
  problems: readonly IniProblem[]
}

const defaultSection = 'DEFAULT'
/** More are no help to anybody. */
const mostProblems = 100

const header = /^\[(.+)\]/s

interface MutableEntry extends IniEntry {
  lines: string[]
}

/**
 * Reads a file as `configparser.ConfigParser()` of Python 3.11 does with its defaults: `=` and `:` separate, a line
 * indented deeper than its key goes on with the value, lines that begin with `#` or `;` are comments wherever they
 * stand, a comment behind a value is part of the value, and neither a section nor a key may come twice.
 *
 * Python stops at the first duplicate; here reading goes on, so that all problems are told at once.
 */
export function parseIni(text: string, file: string): IniFile {
  const sections = new Map<string, Map<string, MutableEntry>>()
  const defaults = new Map<string, MutableEntry>()
  const headers = new Map<string, number>()
  const problems: IniProblem[] = []
  let section: Map<string, MutableEntry> | undefined
  let sectionName = ''
  let entry: MutableEntry | undefined
  let indent = 0

  for (const [index, whole] of linesOf(text).entries()) {
    if (problems.length >= mostProblems) break
    const line = index + 1
    const content = strip(whole)
    if (/^[#;]/.test(content)) continue
    if (content === '') {
      entry?.lines.push('')
      continue
    }
    const lineIndent = indentOf(whole)
    if (entry && lineIndent > indent) {
      entry.lines.push(content)
      continue
    }
    indent = lineIndent
    const name = header.exec(content)?.[1]
    if (name !== undefined) {
      if (name === defaultSection) section = defaults
      else {
        const first = headers.get(name)
        if (first !== undefined) problems.push(duplicateSection(name, line, first))
        section = sections.get(name) ?? new Map<string, MutableEntry>()
        sections.set(name, section)
        headers.set(name, first ?? line)
      }
      sectionName = name
      entry = undefined
      continue
    }
    if (!section) {
      problems.push(noSection(content, line))
      break
    }
    const delimiter = content.search(/[=:]/)
    if (delimiter === -1) {
      problems.push({
        kind: 'no-delimiter',
        line,
        message: 'The line is neither a section, nor a key with "=", nor, indented, the rest of a value',
      })
      continue
    }
    const typed = rightStrip(content.slice(0, delimiter))
    if (typed === '') problems.push({kind: 'no-key', line, message: 'The line has a value but no key'})
    const key = typed.toLowerCase()
    const earlier = section.get(key)
    if (earlier) problems.push(duplicateKey(key, {line, first: earlier.line, section: sectionName}))
    const created = {key, name: typed, raw: '', file, line, lines: [strip(content.slice(delimiter + 1))]}
    if (!earlier) section.set(key, created)
    // Without a key nothing goes on with its value: Python asks whether the key is empty.
    entry = typed === '' ? undefined : created
  }

  return {file, sections: mapSections(sections), defaults: joined(defaults), headers, problems}
}

function mapSections(sections: ReadonlyMap<string, ReadonlyMap<string, MutableEntry>>): Map<string, IniSection> {
  return new Map(Array.from(sections, ([name, entries]) => [name, joined(entries)]))
}

function joined(entries: ReadonlyMap<string, MutableEntry>): IniSection {
  return new Map(
    Array.from(entries, ([key, {lines, ...entry}]) => [key, {...entry, raw: rightStrip(lines.join('\n'))}]),
  )
}

function noSection(content: string, line: number): IniProblem {
  const message = content.startsWith('\uFEFF')
    ? 'An invisible byte-order mark stands at the begin of the file'
    : 'The line comes before the first section, such as [GENERAL]'
  return {kind: 'no-section-header', line, message}
}

function duplicateSection(name: string, line: number, first: number): IniProblem {
  return {kind: 'duplicate-section', line, message: told`Section [${name}] is there already, in line ${first}`}
}

function duplicateKey(key: string, at: {line: number; first: number; section: string}): IniProblem {
  return {
    kind: 'duplicate-key',
    key,
    line: at.line,
    message: told`"${key}" is set already in section [${at.section}], in line ${at.first}`,
  }
}
