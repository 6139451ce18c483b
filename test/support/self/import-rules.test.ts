import {execFile} from 'node:child_process'
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterEach, expect, it} from 'vitest'
import {z} from 'zod'

const root = path.resolve(import.meta.dirname, '../../..')
const trees: string[] = []

afterEach(() => {
  for (const tree of trees.splice(0)) rmSync(tree, {recursive: true, force: true})
})

const report = z.object({
  summary: z.object({
    totalCruised: z.number(),
    violations: z.array(z.object({from: z.string(), to: z.string(), rule: z.object({name: z.string()})})),
  }),
})

/** Runs the project's rules over a tree of its own; gives `rule: from -> to` lines, sorted. */
async function violationsOf(files: Record<string, string>): Promise<string[]> {
  const tree = mkdtempSync(path.join(tmpdir(), 'biomaj-import-rules-'))
  trees.push(tree)
  const all = {'package.json': '{"type": "module"}', 'node_modules/ink/package.json': '{"name": "ink"}', ...files}
  for (const [name, text] of Object.entries({...all, 'node_modules/ink/index.js': 'export {}'})) {
    const file = path.join(tree, name)
    mkdirSync(path.dirname(file), {recursive: true})
    writeFileSync(file, text)
  }
  const output = await new Promise<string>((resolve, reject) => {
    const args = ['--config', path.join(root, '.dependency-cruiser.cjs'), '--output-type', 'json', 'src']
    execFile(path.join(root, 'node_modules/.bin/depcruise'), args, {cwd: tree}, (error, stdout) => {
      if (stdout === '') reject(error ?? new Error('dependency-cruiser printed nothing'))
      else resolve(stdout)
    })
  })
  const {summary} = report.parse(JSON.parse(output))
  return summary.violations.map(({rule, from, to}) => `${rule.name}: ${from} -> ${to}`).toSorted()
}

it('lets the imports of the table pass', async () => {
  const violations = await violationsOf({
    'src/shared/errors.ts': 'export const code = 1',
    'src/api/bank.ts':
      "import {code} from '../shared/errors.js'\nexport interface Bank {name: string}\nexport const a = code",
    'src/api/contract/rows.ts': 'export const rows = 1',
    'src/cluster/server.ts': "import {rows} from '../api/contract/rows.js'\nimport 'hono'\nexport const c = rows",
    'src/presentation/bank.ts': "import type {Bank} from '../api/bank.js'\nexport type Row = Bank",
    'src/ui/app.tsx': "import 'ink'\nimport type {Row} from '../presentation/bank.js'\nexport type App = Row",
    'src/commands/dashboard.ts': "import '@oclif/core'\nexport const open = async () => await import('../ui/app.js')",
  })
  expect(violations).toEqual([])
})

it('catches each forbidden import, also type-only ones and those written as .js', async () => {
  const violations = await violationsOf({
    'src/shared/errors.ts': "import type {Bank} from '../api/bank.js'\nexport type E = Bank",
    'src/api/bank.ts':
      "import {c} from '../cluster/server.js'\nexport interface Bank {name: string}\nexport const b = c",
    'src/cluster/server.ts': 'export const c = 1',
    'src/cluster/gateway.ts': "import type {two} from '../config/two.js'\nexport const g: typeof two = 1",
    'src/commands/serve.ts': "import {c} from '../cluster/server.js'\nexport const s = c",
    'src/presentation/bank.ts': "import {b} from '../api/bank.js'\nexport const p = b",
    'src/ui/app.tsx': "import '@oclif/core'\nimport {io} from '../cli/io.js'\nexport const a = io",
    'src/cli/io.ts': "import 'ink'\nimport 'react'\nimport got from 'got'\nexport const io = got",
    'src/commands/dashboard.ts': "import type {a} from '../ui/app.js'\nexport type A = typeof a",
    'src/config/one.ts': "import {two} from './two.js'\nexport const one = two",
    'src/config/two.ts': "import type {one} from './one.js'\nexport const two: typeof one = 1",
    'src/extra/file.ts': "import './missing.js'",
  })
  expect(violations).toMatchInlineSnapshot(`
    [
      "commands-load-ui-and-cluster-lazily: src/commands/dashboard.ts -> src/ui/app.tsx",
      "commands-load-ui-and-cluster-lazily: src/commands/serve.ts -> src/cluster/server.ts",
      "direction-of-api: src/api/bank.ts -> src/cluster/server.ts",
      "direction-of-cluster: src/cluster/gateway.ts -> src/config/two.ts",
      "direction-of-shared: src/shared/errors.ts -> src/api/bank.ts",
      "direction-of-ui: src/ui/app.tsx -> src/cli/io.ts",
      "every-folder-has-rules: src/extra/file.ts -> ./missing.js",
      "no-circles: src/config/one.ts -> src/config/two.ts",
      "only-api-and-cluster-import-the-http-client: src/cli/io.ts -> got",
      "only-cli-and-commands-import-oclif: src/ui/app.tsx -> @oclif/core",
      "only-ui-imports-ink: src/cli/io.ts -> node_modules/ink/index.js",
      "only-ui-imports-ink: src/cli/io.ts -> react",
      "presentation-knows-only-types: src/presentation/bank.ts -> src/api/bank.ts",
      "resolvable: src/extra/file.ts -> ./missing.js",
    ]
  `)
})
