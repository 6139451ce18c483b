import {EventEmitter} from 'node:events'
import {PassThrough} from 'node:stream'
import {afterEach, beforeEach, expect, it} from 'vitest'
import {BiomajClient} from '../../../src/api/client.js'
import {Secret} from '../../../src/shared/secret.js'
import type {ClusterChoice, DashboardHost} from '../../../src/ui/host.js'
import {openLinear} from '../../../src/ui/screen-reader/open-linear.js'
import {ManualClock} from '../../support/dashboard/index.js'
import {FakeForeground} from '../../support/foreground.js'
import {aBank, type ScriptedCluster, startScriptedCluster} from '../../support/scripted-cluster/index.js'
import {until} from '../../support/until.js'

let cluster: ScriptedCluster
let clock: ManualClock
let said: string
let stdin: PassThrough
let ending: AbortController
let ended: ReturnType<typeof openLinear>

beforeEach(async () => {
  cluster = await startScriptedCluster({banks: [aBank('alu', {outcomes: [{kind: 'fails', step: 'download'}]})]})
  open({user: 'jane'})
})

function open(own: Pick<ClusterChoice, 'user' | 'keyVariable'>): void {
  clock = new ManualClock()
  said = ''
  stdin = new PassThrough()
  ending = new AbortController()
  const host: Partial<DashboardHost> = {
    stdin: stdin as unknown as NodeJS.ReadStream,
    stdout: Object.assign(new EventEmitter(), {
      write: (text: string) => {
        said += text
        return true
      },
    }),
    foreground: new FakeForeground(),
    clock,
    date: () => new Date('2026-11-21T12:00:00Z'),
    signal: ending.signal,
    cluster: {
      name: 'test',
      url: 'http://cluster/',
      ...own,
      readOnly: false,
      connect: async () => new BiomajClient({url: new URL(cluster.url), apiKey: new Secret('JANEKEY001')}),
    },
    intervalMs: 2000,
  }
  ended = openLinear(host as DashboardHost)
}

afterEach(async () => {
  ending.abort()
  await ended
  await cluster.stop()
})

const hears = async (text: string) => until(`"${text}" in:\n${said}`, () => said.includes(text))

it('tells all, then what is new, and takes nothing back', async () => {
  await hears('1 bank')
  const before = said
  expect(before).toContain('12:00:00 BioMAJ cluster test at http://cluster/, as jane.\n')
  cluster.state.queue.push({action: 'update', bank: 'alu', user: 'jane', release: null, options: {}, requestedAt: 1})
  await clock.advance(2000)
  await hears('The queue: 1 waiting, alu.')
  expect(said.startsWith(before)).toBe(true)
  expect(said).toMatch(/^[\x20-\x7E\n]*$/)
})

it('tells every half minute that nothing is new', async () => {
  await hears('1 bank')
  const before = said.length
  await clock.advance(29_000)
  expect(said.slice(before)).toBe('')
  await clock.advance(1000)
  expect(said.slice(before)).toMatch(/^12:00:00 Nothing new; last answer \d+s ago\.\n$/)
})

it('tells that the connection is lost, and that it is back', async () => {
  await hears('1 bank')
  await cluster.stop()
  await clock.advance(2000)
  await hears('Connection lost')
  expect(said).toContain('What was said is what was last known.')
  const before = said.length
  await cluster.start()
  await clock.advance(2000)
  await until('the connection is back', () => said.slice(before).includes('Connected.'))
})

it('tells where a key is from that no context names a user for', async () => {
  ending.abort()
  await ended
  open({user: undefined, keyVariable: 'BIOMAJ_APIKEY'})
  await hears('with the key from BIOMAJ_APIKEY.')
  expect(said).not.toContain('nobody')
})

it('obeys words, and leaves on quit', async () => {
  await hears('1 bank')
  const before = said.length
  stdin.write('banks\n')
  await until('the bank is told', () => said.slice(before).includes('Bank alu: never ran.'))
  stdin.write('what\n')
  await hears('Type a word')
  stdin.write('quit\n')
  expect(await ended).toBe('quit')
})
