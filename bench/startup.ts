/**
 * How long whole commands take, beside `node -e 0` and beside BioMAJ's own client: `npm run bench`.
 * `-- --runs 20` sets the number of runs, `-- --json` prints one document instead of the table.
 */
import {existsSync} from 'node:fs'
import {mkdtemp, rm} from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import {parseArgs} from 'node:util'
import {bank} from '../test/support/real-cluster/banks.ts'
import {realClusterAvailable, startRealCluster} from '../test/support/real-cluster/index.ts'
import {thisMachine} from './machine.ts'
import {compare} from './side-by-side.ts'
import type {Comparison, Pair, Timed} from './side-by-side.ts'

const root = path.join(import.meta.dirname, '..')
const pythonClient = '/usr/bin/biomaj-cli.py'
const banks = ['alu', 'genbank', 'pfam', 'pdb', 'uniprot']
const warmUps = 3

const {values} = parseArgs({options: {runs: {type: 'string', default: '15'}, json: {type: 'boolean', default: false}}})
const runs = Number(values.runs)
if (!Number.isInteger(runs) || runs < 1) fail('--runs takes a whole number from 1 on.', 2)
if (!existsSync(path.join(root, 'dist/cli/start.js'))) fail('Nothing is built here: run `npm run build` first.', 70)

const home = await mkdtemp(path.join(os.tmpdir(), 'biomaj-bench-'))
const skipped: string[] = []
const comparisons: Comparison[] = []

try {
  const node: Timed = {label: 'node -e 0', command: process.execPath, args: ['-e', '0'], env: environment()}
  await add({theirs: node, ours: biomaj(['--version']), bar: 1.2})
  if (existsSync(pythonClient)) {
    await add({theirs: theirClient(['-h']), ours: biomaj(['--help']), bar: 0.7})
    await compareOnCluster()
  } else skipped.push(`${pythonClient} is not installed (python3-biomaj3-cli): nothing to compare commands with`)
} finally {
  await rm(home, {recursive: true, force: true})
}
report()

async function compareOnCluster(): Promise<void> {
  const available = realClusterAvailable()
  if (!available.available) {
    skipped.push(`commands against a cluster: ${available.reason}`)
    return
  }
  const cluster = await startRealCluster()
  try {
    for (const name of banks) {
      await cluster.addBank(bank(name, {source: {protocol: 'local', directory: home}}), 'jane')
    }
    const {apiKey, password} = cluster.user('jane')
    const env = {BIOMAJ_PROXY: cluster.url, BIOMAJ_APIKEY: apiKey}
    const proxy = ['--proxy', cluster.url, '--api-key', apiKey]
    const status = theirClient([...proxy, '--status'], 'biomaj-cli.py --status')
    await add({theirs: status, ours: biomaj(['status'], env), bar: 0.7})
    await add({theirs: status, ours: biomaj(['banks'], env), bar: 0.7})
    await add({
      theirs: theirClient([...proxy, '--whatsup'], 'biomaj-cli.py --whatsup'),
      ours: biomaj(['queue'], env),
      bar: 0.7,
    })
    // Theirs checks a password, ours a key.
    await add({
      theirs: theirClient(
        ['--proxy', cluster.url, '--about-me', '--user-login', 'jane', '--user-password', password],
        'biomaj-cli.py --about-me',
      ),
      ours: biomaj(['about-me'], env),
    })
  } finally {
    await cluster.stop()
  }
}

async function add(pair: Pair): Promise<void> {
  if (!values.json) process.stderr.write(`${pair.theirs.label} | ${pair.ours.label} ...\n`)
  comparisons.push(await compare(pair, {runs, warmUps}))
}

function environment(added: Readonly<Record<string, string>> = {}): Record<string, string> {
  return {PATH: process.env['PATH'] ?? '', HOME: home, TZ: 'UTC', LANG: 'C.UTF-8', ...added}
}

/** What was built, on the Node that runs this. */
function biomaj(args: readonly string[], env: Readonly<Record<string, string>> = {}): Timed {
  const started = [path.join(root, 'bin/run.js'), ...args]
  return {label: `biomaj ${args.join(' ')}`, command: process.execPath, args: started, env: environment(env)}
}

function theirClient(args: readonly string[], label = `biomaj-cli.py ${args.join(' ')}`): Timed {
  return {label, command: pythonClient, args, env: environment()}
}

function report(): void {
  const machine = {
    ...thisMachine(),
    runs,
    warmUps,
    load: os.loadavg()[0] ?? 0,
  }
  if (values.json) {
    console.log(JSON.stringify({machine, comparisons, skipped}, undefined, 2))
  } else {
    const rows = comparisons.map(({theirs, ours, ratio, bar, verdict}) => [
      theirs.label,
      ms(theirs.medianMs),
      ms(theirs.minMs),
      ours.label,
      ms(ours.medianMs),
      ms(ours.minMs),
      ratio.toFixed(2),
      bar === null ? '-' : `<= ${bar}`,
      verdict,
    ])
    printTable([['theirs', 'median', 'min', 'ours', 'median', 'min', 'ratio', 'bar', ''], ...rows])
    for (const reason of skipped) console.log(`skipped: ${reason}`)
    const {cpu: model, cores, system, node, load} = machine
    console.log(
      `\n${runs} runs each, in turns, after ${warmUps} to warm up; ${cores} cores (${model}), ${system}, Node ${node}, load ${load.toFixed(1)}`,
    )
  }
}

function ms(value: number): string {
  return `${value.toFixed(0)} ms`
}

function printTable(rows: readonly (readonly string[])[]): void {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map(row => row[column]?.length ?? 0)))
  for (const row of rows)
    console.log(
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
}

function fail(message: string, status: number): never {
  console.error(message)
  process.exit(status)
}
