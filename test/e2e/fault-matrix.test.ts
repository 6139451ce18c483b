/**
 * Every fault of the network and of the cluster with every command: it ends in time, with the right exit status, says
 * why, never shows a stack, never asks twice for an update, and with --json writes one document whatever happens.
 * With --json it is the installed program that runs; in the form for people the command runs in this process, except
 * for a sample in a terminal.
 */
import {beforeAll, describe, expect, it} from 'vitest'
import type {TestContext} from 'vitest'
import {exitCodes} from '../../src/cli/exit-codes.js'
import type {Fault, When} from '../support/fault-proxy/index.js'
import {installedPackage} from '../support/package/index.js'
import type {InstalledPackage} from '../support/package/index.js'
import {runCommand} from '../support/run-command.js'
import type {CommandClass} from '../support/run-command.js'
import {commandClasses} from './command-classes.js'
import {argvFor, startScene, typedCommands} from './scene.js'
import type {Scene, TypedCommand} from './scene.js'

/** What a fault amounts to for whoever asks. */
type Meaning =
  /** The right answer comes, if in its own way. */
  | 'harmless'
  /** Nothing or something broken comes, or not what a BioMAJ says. */
  | 'no answer'
  /** The cluster says that it failed. */
  | 'failure'
  /** The answer leads away from the cluster. */
  | 'lured away'
  /** The answer leads to another place of the cluster: right for a read, and refused for anything else. */
  | 'redirect'
  | 'endless redirect'

interface NamedFault {
  name: string
  /** 65 MB to send, to inflate and to throw away: once for each command is enough. */
  heavy?: boolean
  /** Longest time for a request, where nothing else ends it. The default is never reached, however busy the machine is. */
  timeout?: string
  fault: Fault | 'refuse'
  means: Meaning
}

const deadlineMs = 15_000

const faults: readonly NamedFault[] = [
  {name: 'no fault', fault: {kind: 'latency', delayMs: 0}, means: 'harmless'},
  {name: 'latency', fault: {kind: 'latency', delayMs: 100}, means: 'harmless'},
  {name: 'other content type', fault: {kind: 'content-type', value: 'text/plain; charset=utf-8'}, means: 'harmless'},
  {name: 'refused', fault: 'refuse', means: 'no answer'},
  {name: 'hang-up', fault: {kind: 'hang-up'}, means: 'no answer'},
  {name: 'silence', fault: {kind: 'silence'}, timeout: '400ms', means: 'no answer'},
  {name: 'reset', fault: {kind: 'reset'}, means: 'no answer'},
  {name: 'lost answer', fault: {kind: 'lose-answer'}, means: 'no answer'},
  {name: 'truncated', fault: {kind: 'truncate'}, means: 'no answer'},
  {name: 'wrong length', fault: {kind: 'wrong-length'}, means: 'no answer'},
  {name: 'drip', fault: {kind: 'drip', intervalMs: 100}, timeout: '400ms', means: 'no answer'},
  {name: 'gzip bomb', fault: {kind: 'gzip-bomb'}, heavy: true, means: 'no answer'},
  {name: 'huge JSON', fault: {kind: 'huge-json', megabytes: 66}, heavy: true, means: 'no answer'},
  {name: 'invalid UTF-8', fault: {kind: 'invalid-utf8'}, means: 'no answer'},
  {name: 'captive portal', fault: {kind: 'captive-portal'}, means: 'no answer'},
  {name: 'empty object', fault: {kind: 'empty-object'}, means: 'no answer'},
  {name: 'empty body', fault: {kind: 'answer', body: ''}, means: 'no answer'},
  {name: 'JSON null', fault: {kind: 'answer', body: 'null'}, means: 'no answer'},
  {name: 'status 500', fault: {kind: 'status', status: 500}, means: 'failure'},
  {name: 'status 502', fault: {kind: 'status', status: 502}, means: 'no answer'},
  {name: 'status 503', fault: {kind: 'status', status: 503}, means: 'no answer'},
  {name: 'redirect, same origin', fault: {kind: 'redirect', to: 'same-origin'}, means: 'redirect'},
  {name: 'redirect, other origin', fault: {kind: 'redirect', to: 'cross-origin'}, means: 'lured away'},
  {name: 'redirect, loop', fault: {kind: 'redirect', to: 'loop'}, means: 'endless redirect'},
]

/** The exit statuses that are right when the fault meets every request. Two only where the order of requests decides. */
function rightExits({needs}: TypedCommand, {means}: NamedFault): readonly number[] {
  const posts = needs === 'posts'
  const exits: Readonly<Record<Meaning, readonly number[]>> = {
    harmless: [0],
    'no answer': [exitCodes.unreachable],
    failure: [exitCodes.server_error],
    'lured away': [exitCodes.redirect_refused],
    redirect: [posts ? exitCodes.redirect_refused : 0],
    'endless redirect': posts ? [exitCodes.redirect_refused, exitCodes.protocol] : [exitCodes.protocol],
  }
  return needs === 'nothing' ? [0] : exits[means]
}

let biomaj: InstalledPackage

beforeAll(async () => {
  biomaj = await installedPackage()
}, 120_000)

interface Cell {
  title: string
  command: TypedCommand
  fault: NamedFault
}

const cells: readonly Cell[] = faults.flatMap(fault =>
  typedCommands
    // A command that asks nothing is here to show that it asks nothing.
    .filter(({needs}) => needs !== 'nothing' || fault.fault === 'refuse')
    .map(command => ({title: `${command.name}: ${fault.name}`, command, fault})),
)

/** Concurrent tests have to say which of them ends with the scene. */
async function sceneOf({command, fault}: Cell, {onTestFinished}: TestContext, only: When = {}): Promise<Scene> {
  const scene = await startScene({bank: command.bank})
  onTestFinished(async () => scene.stop())
  if (fault.fault === 'refuse') await scene.proxy.refuse()
  else scene.proxy.inject(fault.fault, only)
  return scene
}

function environmentOf(
  {command: {takesUrl}, fault: {timeout = '10s'}}: Cell,
  {proxy, jane}: Scene,
): Record<string, string> {
  const common = {BIOMAJ_REQUEST_TIMEOUT: timeout}
  return takesUrl === true ? common : {...common, BIOMAJ_PROXY: proxy.url, BIOMAJ_APIKEY: jane.apiKey}
}

interface Ran {
  exit: number | null
  stdout: string
  stderr: string
}

const nothing: Ran = {exit: 0, stdout: '', stderr: ''}

/** The installed program, with --json. */
async function runInstalled(cell: Cell, scene: Scene): Promise<Ran> {
  const {command} = cell
  const {code, ...ran} = await biomaj.run([...argvFor(command, scene.proxy.url), '--json'], {
    env: environmentOf(cell, scene),
    input: command.input?.(scene.jane) ?? '',
    deadlineMs,
  })
  return {exit: code, ...ran}
}

/** The command in this process, for people. */
async function runHere(cell: Cell, scene: Scene): Promise<Ran> {
  const {command} = cell
  const {id, Class} = commandOf(command)
  const {exitCode, ...ran} = await runCommand(Class, argvFor(command, scene.proxy.url).slice(id.split(' ').length), {
    env: environmentOf(cell, scene),
    input: command.input?.(scene.jane) ?? '',
  })
  return {exit: exitCode, ...ran}
}

function commandOf({name}: TypedCommand): {id: string; Class: CommandClass} {
  for (const [id, Class] of Object.entries(commandClasses)) if (name.startsWith(id)) return {id, Class}
  throw new Error(`No class for ${name}`)
}

function updateRequests({proxy}: Scene): number {
  return proxy.requests.filter(({body}) => body.includes('"update":true')).length
}

/** Compares the whole, so that a failure shows what was said. */
function expectExit(ran: Ran, right: readonly number[]): void {
  expect(ran).toEqual({...ran, exit: expect.toBeOneOf([...right])})
}

function expectNoStack({stdout, stderr}: Pick<Ran, 'stdout' | 'stderr'>): void {
  expect(`${stdout}\n${stderr}`).not.toMatch(
    /^\s+at .*[:(]|node:internal|\[object Object\]|(?<!received )\bundefined\b|Unhandled/m,
  )
}

/** The one document of JSON mode: valid, alone, and in agreement with the exit status. */
function documentOf({exit, stdout}: Ran): Record<string, unknown> {
  expect(stdout).toMatch(/^\{[^]*\}\n$/)
  const document = JSON.parse(stdout) as Record<string, unknown> & {error?: {exitCode?: unknown}; exitCode?: unknown}
  const told = document.error === undefined ? document.exitCode : document.error.exitCode
  expect(told ?? exit).toBe(exit)
  return document
}

type Way = (cell: Cell, scene: Scene) => Promise<Ran>

async function runIn(way: Way, cell: Cell, context: TestContext): Promise<Ran & {updatesAskedFor: number}> {
  const scene = await sceneOf(cell, context)
  const ran = await way(cell, scene)
  return {...ran, updatesAskedFor: updateRequests(scene)}
}

describe.concurrent('a fault in every answer', () => {
  // Most of the time is spent waiting, so both forms wait together.
  it.for(cells)('$title', async (cell, context) => {
    const ways = cell.fault.heavy === true ? [runInstalled] : [runInstalled, runHere]
    const [json, forPeople] = await Promise.all(ways.map(async way => runIn(way, cell, context)))
    for (const ran of [json, forPeople].filter(ran => ran !== undefined)) {
      expectExit(ran, rightExits(cell.command, cell.fault))
      expectNoStack(ran)
      expect(ran.updatesAskedFor).toBeLessThanOrEqual(1)
    }
    documentOf(json ?? nothing)
    const {stdout, stderr, exit} = forPeople ?? nothing
    expect(/✗|not checked/.test(stdout + stderr)).toBe(exit !== 0)
  })
})

/** Faults by whether the request for an update that meets them has reached the cluster nevertheless. */
const lostAnswers: readonly (Pick<NamedFault, 'name' | 'timeout'> & {fault: Fault; arrives: boolean})[] = [
  {name: 'lost answer', fault: {kind: 'lose-answer'}, arrives: true},
  {name: 'reset', fault: {kind: 'reset'}, arrives: true},
  {name: 'truncated', fault: {kind: 'truncate'}, arrives: true},
  {name: 'wrong length', fault: {kind: 'wrong-length'}, arrives: true},
  {name: 'hang-up', fault: {kind: 'hang-up'}, arrives: false},
  {name: 'silence', fault: {kind: 'silence'}, timeout: '2s', arrives: false},
  {name: 'drip', fault: {kind: 'drip', intervalMs: 100}, timeout: '2s', arrives: false},
  {name: 'status 500', fault: {kind: 'status', status: 500}, arrives: false},
  {name: 'status 502', fault: {kind: 'status', status: 502}, arrives: false},
  {name: 'captive portal', fault: {kind: 'captive-portal'}, arrives: false},
  {name: 'empty object', fault: {kind: 'empty-object'}, arrives: false},
]

describe.concurrent('a fault in the answer to the request for an update', () => {
  const command: TypedCommand = {name: 'update', args: ['update', '--bank', 'alu'], needs: 'posts'}
  const meetsTheRequest = {method: 'POST', body: /"update":true/} as const

  it('finds out whether the request arrived, and does not ask again', async context => {
    const found = await Promise.all(
      lostAnswers.map(async ({name, fault, timeout, arrives}) => {
        const cell: Cell = {
          title: name,
          command,
          fault: {name, fault, means: 'no answer', ...(timeout === undefined ? {} : {timeout})},
        }
        const scene = await sceneOf(cell, context, meetsTheRequest)
        const ran = await runInstalled(cell, scene)
        expectNoStack(ran)
        return {name, arrives, document: documentOf(ran), exit: ran.exit, requests: updateRequests(scene)}
      }),
    )
    expect(found).toEqual(
      lostAnswers.map(({name, arrives}) => ({
        name,
        arrives,
        document: expect.objectContaining({
          updates: [expect.objectContaining({bank: 'alu', outcome: arrives ? 'requested' : 'unknown'})],
        }),
        exit: arrives ? 0 : exitCodes.outcome_unknown,
        requests: 1,
      })),
    )
  })

  it('redirect: tells that nothing was asked for', async context => {
    const fault: NamedFault = {name: 'redirect', fault: {kind: 'redirect', to: 'same-origin'}, means: 'redirect'}
    const cell: Cell = {title: 'redirect', command, fault}
    const scene = await sceneOf(cell, context, meetsTheRequest)
    const ran = await runInstalled(cell, scene)
    expect(ran.exit).toBe(exitCodes.redirect_refused)
    expect(documentOf(ran)).toMatchObject({updates: [{outcome: 'refused', error: {code: 'redirect_refused'}}]})
    expect(updateRequests(scene)).toBe(1)
  })
})

describe.concurrent('in a terminal', () => {
  const sampled = new Set(['no fault', 'refused', 'silence', 'captive portal', 'status 500', 'huge JSON'])
  const typed = new Set(['status', 'update --wait', 'logs'])
  const sample = cells.filter(({command, fault}) => typed.has(command.name) && sampled.has(fault.name))

  it.for(sample)('$title', async (cell, context) => {
    const scene = await sceneOf(cell, context)
    const session = await biomaj.terminal(argvFor(cell.command, scene.proxy.url), {
      env: environmentOf(cell, scene),
    })
    context.onTestFinished(async () => session.stop())
    const {code} = await session.waitForExit(deadlineMs)
    const screen = session.scrollback().join('\n')
    expectExit({exit: code, stdout: screen, stderr: ''}, rightExits(cell.command, cell.fault))
    expect(screen.includes('✗')).toBe(code !== 0)
    expectNoStack({stdout: screen, stderr: ''})
    expect(session.cursor.visible).toBe(true)
    expect(session.alternateScreen).toBe(false)
  })
})
