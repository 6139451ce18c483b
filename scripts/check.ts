// `npm run check`: everything that a machine can say about the code without running it.
import {spawn} from 'node:child_process'
import {existsSync, globSync} from 'node:fs'
import {availableParallelism} from 'node:os'
import path from 'node:path'
import {performance} from 'node:perf_hooks'

interface Check {
  name: string
  command: string
  args: string[]
  /** Why the check cannot run now; a skipped check says so. */
  skip?: string | false
}

interface Outcome {
  passed: boolean
  output: string
}

const root = path.join(import.meta.dirname, '..')

// Biome would also lay out Markdown, whose tables are kept narrow by hand here.
const formatted = globSync(['{bin,src,scripts,bench,test}/', '*.{ts,json,cjs}', '.oxlintrc.json'], {cwd: root})

// The slowest come first, so that they do not run alone at the end.
const checks: Check[] = [
  {name: 'types', command: 'tsc', args: ['--noEmit', '-p', '.']},
  {name: 'lint', command: 'oxlint', args: ['--type-aware', '--deny-warnings']},
  {name: 'dead code', command: 'knip', args: ['--no-progress']},
  {name: 'imports', command: 'depcruise', args: ['--config', '.dependency-cruiser.cjs', 'src']},
  {name: 'format', command: 'biome', args: ['format', '--max-diagnostics=50', ...formatted]},
  {
    name: 'package',
    command: 'publint',
    args: ['run', '--strict', '--pack', 'false'],
    skip: !existsSync(path.join(root, 'dist')) && 'not built',
  },
]

const only = process.argv.slice(2)
const unknown = only.filter(name => !checks.some(check => check.name === name))
if (unknown.length > 0) {
  console.error(`No such check: ${unknown.join(', ')}. There are: ${checks.map(check => check.name).join(', ')}.`)
  process.exit(2)
}

const failed = await runAll(checks.filter(check => only.length === 0 || only.includes(check.name)))
if (failed.length > 0) {
  console.error(`\nFailed: ${failed.join(', ')}`)
  process.exitCode = 1
}

async function runAll(queue: Check[]): Promise<string[]> {
  const waiting = [...queue]
  const failures: string[] = []
  const worker = async (): Promise<void> => {
    for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) {
      const startedAt = performance.now()
      const outcome = check.skip ? undefined : await run(check)
      const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
      if (outcome === undefined) {
        console.log(`-  ${check.name.padEnd(10)}       skipped: ${String(check.skip)}`)
      } else if (outcome.passed) {
        console.log(`✓  ${check.name.padEnd(10)} ${seconds.padStart(5)}s`)
      } else {
        failures.push(check.name)
        console.log(`✗  ${check.name.padEnd(10)} ${seconds.padStart(5)}s\n\n${outcome.output.trimEnd()}\n`)
      }
    }
  }
  await Promise.all(Array.from({length: Math.min(2, availableParallelism())}, worker))
  return failures
}

async function run({command, args}: Check): Promise<Outcome> {
  const child = spawn(path.join(root, 'node_modules', '.bin', command), args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32',
  })
  const chunks: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk))
  return await new Promise<Outcome>(resolve => {
    child.on('error', error => {
      resolve({passed: false, output: error.message})
    })
    child.on('close', code => {
      resolve({passed: code === 0, output: Buffer.concat(chunks).toString('utf8')})
    })
  })
}
