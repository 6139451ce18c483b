import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {createInterface} from 'node:readline'
import {onTestFinished} from 'vitest'
import {loadBank} from '../../../../src/cluster/engine/load-bank.js'
import type {Processes} from '../../../../src/cluster/engine/ports.js'
import type {BankProperties} from '../../../../src/cluster/engine/properties/bank-properties.js'
import {runProcess} from '../../../../src/cluster/workers/process/run-process.js'

export interface Place {
  root: string
  globalFile: string
  properties(): Promise<BankProperties>
  /** Lines that processes wrote into `trace` of the root. */
  trace(): string[]
  forgetTrace(): void
}

/** A folder with a global file and the bank `alu`; a process may write into `%(trace)s`. */
export function placeWith(bank: string, global = ''): Place {
  const root = mkdtempSync(path.join(tmpdir(), 'processes-'))
  onTestFinished(() => rmSync(root, {recursive: true, force: true}))
  for (const name of ['conf', 'data', 'log', 'process', 'cache', 'lock']) mkdirSync(path.join(root, name))
  const globalFile = path.join(root, 'global.properties')
  writeFileSync(
    globalFile,
    `[GENERAL]
root.dir=${root}
conf.dir=%(root.dir)s/conf
data.dir=%(root.dir)s/data
log.dir=%(root.dir)s/log
process.dir=%(root.dir)s/process
cache.dir=%(root.dir)s/cache
lock.dir=%(root.dir)s/lock
trace=%(root.dir)s/trace
use_elastic=0
historic.logfile.level=INFO
${global}
[loggers]
keys=root
[handlers]
keys=console
[formatters]
keys=plain
[logger_root]
level=ERROR
handlers=console
[handler_console]
class=StreamHandler
level=ERROR
formatter=plain
args=(sys.stderr,)
[formatter_plain]
format=%%(message)s
`,
  )
  writeFileSync(
    path.join(root, 'conf', 'alu.properties'),
    `[GENERAL]\noffline.dir.name=offline\ndir.version=alu\n${bank}`,
  )
  const trace = path.join(root, 'trace')
  return {
    root,
    globalFile,
    properties: async () => {
      const properties = await loadBank('alu', {settings: {globalProperties: globalFile}, env: {}})
      for (const key of ['localrelease', 'remoterelease']) properties.set(key, '')
      return properties
    },
    trace: () => (existsSync(trace) ? readFileSync(trace, 'utf8').trim().split('\n').filter(Boolean) : []),
    forgetTrace: () => rmSync(trace, {force: true}),
  }
}

/** Runs processes here, without a queue. */
export const processes: Processes = {
  run: async (request, {signal}) => await runProcess(request, {signal, env: {}}),
}

/** Asks BioMAJ one question about a place. */
export async function askBiomaj<Answer>(place: Place, question: Record<string, unknown>): Promise<Answer> {
  const child = spawn('/usr/bin/python3', [path.join(import.meta.dirname, 'process_oracle.py'), place.globalFile], {
    env: {PATH: '/usr/bin:/bin', HOME: '/nonexistent', LC_ALL: 'C.UTF-8', PYTHONDONTWRITEBYTECODE: '1'},
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let complaint = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text))
  const ended = once(child, 'close')
  const lines = createInterface({input: child.stdout})
  child.stdin.end(`${JSON.stringify(question)}\n`)
  const answered: string[] = []
  lines.on('line', line => answered.push(line))
  await ended
  const [line] = answered
  if (line === undefined) throw new Error(`BioMAJ gave no answer: ${complaint}`)
  return JSON.parse(line) as Answer
}
