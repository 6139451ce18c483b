import {spawnSync} from 'node:child_process'
import * as fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {type Table, tabulate} from '../../../src/cluster/daemon/tabulate.js'

const python = '/usr/bin/python3'
const program = `
import json, sys
from tabulate import tabulate
tables = json.load(sys.stdin)
def drawn(table):
    try:
        return [tabulate([table['headers']] + table['rows'], headers='firstrow', tablefmt=f) for f in ('grid', 'psql', 'simple')]
    except ValueError:
        return None
json.dump([drawn(t) for t in tables], sys.stdout)
`
const available = spawnSync(python, ['-c', 'import tabulate']).status === 0
const styles = ['grid', 'psql', 'simple'] as const

const cell = fc.oneof(
  fc.constantFrom(
    '',
    'N/A',
    'True',
    'False',
    'alu',
    '2025-11-20',
    '54',
    '2.10',
    '1.0',
    '-3',
    '1e5',
    '.5',
    '7.',
    '0',
    ' x ',
    'a,b',
  ),
  fc.constantFrom('1234567', '123456.789', '0.00001234', '-0.0', '1_000', '+7', '1__0', 'e5', '1.5e-7'),
  fc.integer().map(String),
  fc.double({noNaN: true, noDefaultInfinity: true}).map(String),
  fc.constant(null),
  fc.stringMatching(/^[a-zé~ ]{0,12}$/),
)
const table: fc.Arbitrary<Table> = fc.integer({min: 1, max: 5}).chain(width =>
  fc.record({
    headers: fc.array(fc.constantFrom('Name', 'Release', 'Type(s)', 'X', 'Last update'), {
      minLength: width,
      maxLength: width,
    }),
    rows: fc.array(fc.array(cell, {minLength: width, maxLength: width}), {maxLength: 6}),
  }),
)

describe.skipIf(!available)('tables in text', () => {
  it("are those of Python's tabulate", () => {
    const tables = fc.sample(table, {numRuns: 400, seed: 20_261_121})
    const {stdout, stderr, status} = spawnSync(python, ['-c', program], {
      input: JSON.stringify(tables),
      encoding: 'utf8',
    })
    expect([status, stderr]).toEqual([0, ''])
    const drawn = JSON.parse(stdout) as Array<string[] | null>
    // A truth value among fractions is too much for Python.
    const both = tables.map((each, index) => ({table: each, drawn: drawn[index] ?? null}))
    const possible = both.filter(each => each.drawn !== null)
    expect(possible.length).toBeGreaterThan(300)
    for (const {table: each, drawn: expected} of possible) {
      expect({table: each, drawn: styles.map(style => tabulate(each, style))}).toEqual({table: each, drawn: expected})
    }
  })
})

describe('hostile text in a table', () => {
  it('cannot move the cursor or fake a row', () => {
    const drawn = tabulate({headers: ['Name'], rows: [['a\u001B[2J\nb\u202E|']]}, 'psql')
    expect(drawn.split('\n')).toHaveLength(5)
    expect(drawn).not.toContain('\u001B')
    expect(drawn).not.toContain('\u202E')
  })
})
