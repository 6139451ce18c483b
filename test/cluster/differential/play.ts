import {chmod, mkdir, readFile, rm, writeFile} from 'node:fs/promises'
import path from 'node:path'
import {fileURLToPath} from 'node:url'
import {startFtpUpstream, startHttpUpstream, startLocalUpstream} from '../../support/upstream/index.ts'
import type {HttpUpstream} from '../../support/upstream/index.ts'
import type {Upstream} from '../../support/upstream/types.ts'
import {evenOut} from './even-out.ts'
import {observe} from './observe.ts'
import type {Observation} from './observation.ts'
import {defaults, label} from './scenario.ts'
import type {Action, Content, Properties, Scenario} from './scenario.ts'
import type {Side, SideOptions} from './sides/side.ts'

const archives = fileURLToPath(new URL('../../fixtures/differential/archives/', import.meta.url))

/** Plays a scenario on one side, and tells all that was seen. */
export async function play(scenario: Scenario, open: (options: SideOptions) => Promise<Side>): Promise<Observation[]> {
  const upstream = await startUpstream(scenario.upstream)
  const side = await open({globalProperties: globalProperties(scenario)})
  try {
    const source = upstream.source('/')
    const known = {root: side.root, upstream: source.protocol === 'local' ? trimSlash(source.directory) : source.server}
    const stage = {scenario, side, upstream, known, properties: new Map<string, Properties>()}
    for (const [name, text] of Object.entries(scenario.scripts ?? {})) {
      const file = path.join(side.root, 'process', name)
      await writeFile(file, text)
      await chmod(file, 0o755)
    }
    await mkdir(path.join(side.root, 'process/seen'), {recursive: true})
    for (const [name, properties] of Object.entries(scenario.banks)) {
      await writeProperties(stage, name, {...defaults, ...sourceOf(scenario), ...properties})
    }
    const observations: Observation[] = []
    for (const action of scenario.actions) {
      const answer = await act(stage, action)
      if (answer === undefined) continue
      await side.settle()
      const questions = upstream.questions ?? []
      observations.push(
        await observe(side, {after: label(action), answer, banks: Object.keys(scenario.banks), questions}),
      )
    }
    return evenOut(observations, known)
  } finally {
    await side.close()
    await upstream.stop()
  }
}

interface Stage {
  scenario: Scenario
  side: Side
  upstream: Upstream
  known: {root: string; upstream: string}
  properties: Map<string, Properties>
}

async function startUpstream(kind: Scenario['upstream']): Promise<Upstream & Partial<Pick<HttpUpstream, 'questions'>>> {
  if (kind === 'http') return await startHttpUpstream()
  if (kind === 'ftp') return await startFtpUpstream()
  const local = await startLocalUpstream()
  return {...local, fail: neverFails, heal: neverFails}
}

async function neverFails(): Promise<never> {
  return await Promise.reject(new Error('A local file cannot be made to fail'))
}

function trimSlash(text: string): string {
  return text.replace(/\/$/, '')
}

function sourceOf({upstream}: Scenario): Properties {
  return upstream === 'local'
    ? {protocol: 'local', server: 'localhost', 'remote.dir': '<upstream>/files/'}
    : {protocol: upstream, server: '<upstream>', 'remote.dir': '/files/'}
}

async function writeProperties(stage: Stage, bank: string, properties: Properties): Promise<void> {
  stage.properties.set(bank, properties)
  const own: Properties = {'db.name': bank, 'offline.dir.name': `offline/${bank}`, 'dir.version': bank, ...properties}
  const lines = Object.entries(own)
    .filter((entry): entry is [string, string] => entry[1] !== null)
    .map(([key, value]) => `${key}=${value.replaceAll('%', '%%')}`)
  await writeFile(
    path.join(stage.side.root, 'conf', `${bank}.properties`),
    filled(stage, ['[GENERAL]', ...lines, ''].join('\n')),
  )
}

function filled({known}: Stage, text: string): string {
  return text.replaceAll('<upstream>', known.upstream).replaceAll('<root>', known.root)
}

/** Undefined for what happens beside the cluster. */
async function act(stage: Stage, action: Action): Promise<Observation['answer'] | undefined> {
  const {upstream, side} = stage
  const below = (file: string): string => path.join(side.root, file)
  switch (action.do) {
    case 'put':
      await putUpstream(upstream, action.file, await contentOf(action.content), new Date(action.date))
      return undefined
    case 'take away':
      await upstream.remove(action.file)
      return undefined
    case 'fail':
      await upstream.fail(action.file, action.failure)
      return undefined
    case 'heal':
      await upstream.heal(action.file)
      return undefined
    case 'write':
      await mkdir(path.dirname(below(action.file)), {recursive: true})
      await writeFile(below(action.file), filled(stage, action.content))
      return undefined
    case 'delete':
      await rm(below(action.file), {recursive: true, force: true})
      return undefined
    case 'change properties':
      await writeProperties(stage, action.bank, {...stage.properties.get(action.bank), ...action.properties})
      return undefined
    default:
      return await ask(side, rpcOptions(action))
  }
}

type Request = Exclude<Action, {do: 'put' | 'take away' | 'fail' | 'heal' | 'write' | 'delete' | 'change properties'}>

/** The options of the RPC for each action, beside the bank. */
function rpcOptions(action: Request): Record<string, unknown> {
  const {do: verb, ...rest} = action
  const {options, ...plain} = {options: {}, ...rest}
  return {[verb.replaceAll(' ', '')]: true, ...plain, ...options}
}

async function ask(side: Side, options: Record<string, unknown>): Promise<Observation['answer']> {
  const body = {options: {...options, proxy: true, json: true}}
  const {text} = await side.request({method: 'POST', path: '/api/daemon', body})
  const {status, msg} = JSON.parse(text) as {status: boolean; msg: unknown}
  return {status, message: msg}
}

async function contentOf(content: Content): Promise<string | Buffer> {
  return typeof content === 'string' ? content : await readFile(path.join(archives, content.archive))
}

/** Upstreams take text and bytes alike. */
async function putUpstream(upstream: Upstream, file: string, content: string | Buffer, date: Date): Promise<void> {
  await upstream.put(file, content, date)
}

function globalProperties({global}: Scenario): string {
  const properties = {
    'conf.dir': '<root>/conf',
    'data.dir': '<root>/db',
    'log.dir': '<root>/log',
    'process.dir': '<root>/process',
    'cache.dir': '<root>/cache',
    'lock.dir': '<root>/lock',
    'db.url': 'mongodb://localhost:27017',
    'db.name': 'biomaj',
    admin: 'admin',
    use_ldap: '0',
    use_elastic: '0',
    'mail.smtp.host': '',
    'mail.from': 'biomaj@example.org',
    auto_publish: '0',
    'data.stats': '1',
    'keep.old.version': '1',
    'bank.num.threads': '2',
    'files.num.threads': '2',
    'historic.logfile.level': 'INFO',
    'visibility.default': 'public',
    'micro.biomaj.service.daemon': '1',
    'micro.biomaj.service.user': '1',
    ...global,
  }
  return [
    '[GENERAL]',
    ...Object.entries(properties).map(([key, value]) => `${key}=${value.replaceAll('%', '%%')}`),
    logging,
  ].join('\n')
}

/** BioMAJ reads Python's logging configuration from the same file. */
const logging = `
[loggers]
keys=root,biomaj
[handlers]
keys=console
[formatters]
keys=line
[logger_root]
level=INFO
handlers=console
[logger_biomaj]
level=INFO
handlers=console
qualname=biomaj
propagate=0
[handler_console]
class=StreamHandler
args=(sys.stderr,)
level=INFO
formatter=line
[formatter_line]
format=%(asctime)s %(levelname)-5.5s [%(name)s][%(threadName)s] %(message)s
`
