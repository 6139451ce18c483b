/**
 * What the dashboard costs: `npm run bench:dashboard`, after `npm run build`. Of Linux only. `-- drawn day` runs these parts
 * alone, `--json` prints one document instead of the table; `--write FILE` puts the table of a whole run between the two
 * marks of a Markdown file.
 */
import {execFile} from 'node:child_process'
import {existsSync} from 'node:fs'
import {mkdir, rm} from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import {parseArgs, promisify} from 'node:util'
import {bundlePart} from './dashboard/bundle.ts'
import type {Findings} from './dashboard/figures.ts'
import {documentOf, textOf, writeInto, type Report} from './dashboard/report.ts'
import {thisMachine} from './machine.ts'

const root = path.join(import.meta.dirname, '..')
const parts: Readonly<Record<string, {fast: boolean; args: readonly string[]}>> = {
  spawned: {fast: false, args: [root]},
  drawn: {fast: false, args: []},
  'many-banks': {fast: false, args: []},
  day: {fast: true, args: []},
}

const {values, positionals} = parseArgs({
  allowPositionals: true,
  options: {json: {type: 'boolean', default: false}, write: {type: 'string'}},
})
const unknown = positionals.find(name => !Object.hasOwn(parts, name))
if (unknown !== undefined) fail(`There is no part "${unknown}"; there are: ${Object.keys(parts).join(', ')}.`, 2)
if (values.write !== undefined && positionals.length > 0) fail('--write wants all parts in one run.', 2)
if (!existsSync(path.join(root, 'dist/cli/start.js'))) fail('Nothing is built here: run `npm run build` first.', 70)
if (process.platform !== 'linux') fail('This runs on Linux only: it reads /proc.', 70)

const report = await measure(positionals.length > 0 ? positionals : Object.keys(parts))
console.log(values.json ? JSON.stringify(documentOf(report), undefined, 2) : textOf(report))
if (values.write !== undefined) await writeInto(values.write, report)

async function measure(names: readonly string[]): Promise<Report> {
  // Below the project, so that packages with native parts are found.
  const folder = path.join(root, 'node_modules/.cache', `biomaj-bench-${process.pid}`)
  await mkdir(folder, {recursive: true})
  const measured: Array<Report['parts'][number]> = []
  try {
    for (const name of names) {
      const part = parts[name]
      if (part === undefined) continue
      process.stderr.write(`${name}\n`)
      const program = await bundlePart(name, {folder, fast: part.fast})
      const load = os.loadavg()[0] ?? 0
      const {stdout} = await promisify(execFile)(process.execPath, ['--expose-gc', program, ...part.args])
      measured.push({part: name, load, ...(JSON.parse(stdout) as Findings)})
    }
  } finally {
    await rm(folder, {recursive: true, force: true})
  }
  return {machine: {...thisMachine(), at: new Date().toISOString()}, parts: measured}
}

function fail(message: string, status: number): never {
  console.error(message)
  process.exit(status)
}
