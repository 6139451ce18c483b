/**
 * The embedded cluster beside unmodified BioMAJ, in one run: `npm run bench:cluster`. Of Linux only.
 * `-- ready queue` runs these parts alone, `--list` names them all; `--json` prints one document instead of the table;
 * `--write FILE` puts the table of a whole run between the two marks of a Markdown file.
 */
import {existsSync} from 'node:fs'
import {mkdtemp, rm} from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import {parseArgs} from 'node:util'
import {realClusterAvailable} from '../test/support/real-cluster/index.ts'
import type {Bench, Part} from './cluster/part.ts'
import {bankList} from './cluster/parts/bank-list.ts'
import {downloadWorkers} from './cluster/parts/download-workers.ts'
import {queue} from './cluster/parts/queue.ts'
import {ready} from './cluster/parts/ready.ts'
import {rest} from './cluster/parts/rest.ts'
import {updateStart} from './cluster/parts/update-start.ts'
import {largeFile, smallFiles} from './cluster/parts/updates.ts'
import {installProduct} from './cluster/product.ts'
import {documentOf, type Report, textOf, writeInto} from './cluster/report.ts'
import {thisMachine} from './machine.ts'

const root = path.join(import.meta.dirname, '..')
const parts: Readonly<Record<string, Part>> = {
  ready,
  'update-start': updateStart,
  'bank-list': bankList,
  'small-files': smallFiles,
  'large-file': largeFile,
  rest,
  queue,
  'download-workers': downloadWorkers,
}

const {values, positionals} = parseArgs({
  allowPositionals: true,
  options: {json: {type: 'boolean', default: false}, list: {type: 'boolean', default: false}, write: {type: 'string'}},
})
if (values.list) {
  for (const [name, {summary}] of Object.entries(parts)) console.log(`${name.padEnd(17)} ${summary}`)
} else await main()

async function main(): Promise<void> {
  const unknown = positionals.find(name => !Object.hasOwn(parts, name))
  if (unknown !== undefined) fail(`There is no part "${unknown}"; there are: ${Object.keys(parts).join(', ')}.`, 2)
  if (values.write !== undefined && positionals.length > 0) fail('--write wants all parts in one run.', 2)
  if (!existsSync(path.join(root, 'dist/cli/start.js'))) fail('Nothing is built here: run `npm run build` first.', 70)
  if (process.platform !== 'linux') fail('This runs on Linux only: it reads /proc.', 70)
  const report = await measure(positionals.length > 0 ? positionals : Object.keys(parts))
  console.log(values.json ? JSON.stringify(documentOf(report), undefined, 2) : textOf(report))
  if (values.write !== undefined) await writeInto(values.write, report)
}

async function measure(names: readonly string[]): Promise<Report> {
  const available = realClusterAvailable()
  const scratch = await mkdtemp(path.join(os.tmpdir(), 'biomaj-bench-'))
  const measured: Array<Report['parts'][number]> = []
  try {
    const product = await installProduct({from: root, to: path.join(scratch, 'product')})
    const bench: Bench = {product, scratch, compare: available.available, say}
    for (const name of names) {
      const part = parts[name]
      if (part === undefined) continue
      process.stderr.write(`${name}: ${part.summary}\n`)
      const before = load()
      const findings = await part.run(bench)
      measured.push({part: name, ...findings, load: {before, after: load()}})
    }
  } finally {
    await rm(scratch, {recursive: true, force: true, maxRetries: 5})
  }
  return {
    machine: {...thisMachine(), at: new Date().toISOString()},
    parts: measured,
    skipped: available.available ? [] : [`everything of unmodified BioMAJ: ${available.reason}`],
  }
}

function say(text: string): void {
  process.stderr.write(`  ${text}\n`)
}

function load(): number {
  return os.loadavg()[0] ?? 0
}

function fail(message: string, status: number): never {
  console.error(message)
  process.exit(status)
}
