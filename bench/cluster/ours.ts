import {execFile, spawn} from 'node:child_process'
import {once} from 'node:events'
import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises'
import path from 'node:path'
import {createInterface} from 'node:readline'
import {promisify} from 'node:util'
import type {BankDefinition} from '../../test/support/real-cluster/banks.ts'
import {send, writeScripts} from '../../test/support/real-cluster/index.ts'
import type {ClusterAnswer, ClusterRequest} from '../../test/support/real-cluster/index.ts'
import type {Bench} from './part.ts'
import {until} from './until.ts'

export interface OurOptions {
  memory: boolean
  /** A folder of an earlier cluster to go on with; a new one without. */
  data?: string
  /** Without, the cluster begins with nothing. */
  withSample?: boolean
  flags?: readonly string[]
}

/** A cluster that the built program runs, as a user starts it. */
export interface OurCluster {
  url: string
  pid: number
  dataDirectory: string
  /** Milliseconds from the start of the program to the first answer. */
  readyMs: number
  /** As an administrator. */
  request(request: Omit<ClusterRequest, 'apiKey'>): Promise<ClusterAnswer>
  addBank(definition: BankDefinition): Promise<void>
  /** Runs the update of a bank to its end. Milliseconds, as the caller sees it. */
  update(bank: string): Promise<number>
  stop(): Promise<void>
}

interface Job {
  state: string
  reason: string | null
}

export async function startOurs({product, scratch}: Bench, options: OurOptions): Promise<OurCluster> {
  const {memory, withSample = false, flags = []} = options
  const home = await mkdtemp(path.join(scratch, 'home-'))
  const env = {PATH: process.env['PATH'] ?? '', HOME: home, TZ: 'UTC', LANG: 'C.UTF-8'}
  const place = memory ? ['--memory'] : ['--data', options.data ?? path.join(home, 'cluster')]
  const seed = withSample || options.data !== undefined ? [] : ['--seed', 'none']
  const started = performance.now()
  const child = spawn(
    process.execPath,
    [product.program, 'cluster', 'start', '--json', '--port', '0', ...place, ...seed, ...flags],
    // Its standard input stays open: it ends when this process does.
    {env, stdio: ['pipe', 'pipe', 'pipe']},
  )
  let errors = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text
  })
  const line = await new Promise<string>((resolve, reject) => {
    createInterface(child.stdout).once('line', resolve)
    child.once('exit', code => reject(new Error(`The cluster did not start (exit ${String(code)}):\n${errors}`)))
  })
  const {url, pid, dataDirectory} = JSON.parse(line) as {url: string; pid: number; dataDirectory: string}
  const {status} = await send(url, {path: '/api/daemon'})
  const readyMs = performance.now() - started
  if (status !== 200) throw new Error(`The cluster answers with ${status}`)

  let key: Promise<string> | undefined
  const request: OurCluster['request'] = async asked => {
    key ??= newAdministrator({program: product.program, dataDirectory, env})
    return await send(url, {...asked, apiKey: await key})
  }
  return {
    url,
    pid,
    dataDirectory,
    readyMs,
    request,
    addBank: async definition => {
      const text = await writeScripts(path.join(dataDirectory, 'process'), definition)
      await mkdir(path.join(dataDirectory, 'conf'), {recursive: true})
      await writeFile(path.join(dataDirectory, 'conf', `${definition.name}.properties`), text)
    },
    update: async bank => {
      const askedAt = performance.now()
      const {text} = await request({method: 'POST', path: `/api/daemon/bank/${bank}`, body: {}})
      const {job: id} = JSON.parse(text) as {job?: string}
      if (id === undefined) throw new Error(`The update of ${bank} was refused: ${text}`)
      const job = await until(
        async () => {
          const read = JSON.parse((await request({path: `/api/daemon/jobs/${id}`})).text) as {job: Job}
          return ['queued', 'running'].includes(read.job.state) ? undefined : read.job
        },
        {what: `the update of ${bank}`},
      )
      if (job.state !== 'done') throw new Error(`The update of ${bank} ${job.state}: ${job.reason ?? ''}`)
      return performance.now() - askedAt
    },
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) {
        const exited = once(child, 'exit')
        child.kill('SIGTERM')
        await exited
      }
      if (options.data === undefined) await rm(home, {recursive: true, force: true})
    },
  }
}

async function newAdministrator({
  program,
  dataDirectory,
  env,
}: {
  program: string
  dataDirectory: string
  env: Record<string, string>
}): Promise<string> {
  const added = await promisify(execFile)(
    process.execPath,
    [program, 'cluster', 'user', 'add', 'bench', '--admin', '--json', '--data', dataDirectory],
    {env},
  )
  return (JSON.parse(added.stdout) as {apiKey: string}).apiKey
}
