import {afterEach, beforeEach, expect, it} from 'vitest'
import {BiomajError} from '../../../src/shared/errors.js'
import {type ShownDashboard, showDashboard} from '../../support/dashboard/index.js'
import {aBank, type ScriptedCluster, startScriptedCluster} from '../../support/scripted-cluster/index.js'

let cluster: ScriptedCluster
let shown: ShownDashboard

beforeEach(async () => {
  cluster = await startScriptedCluster({banks: [aBank('alu')]})
  shown = showDashboard({url: cluster.url})
  await shown.shows('1 bank')
})

afterEach(async () => {
  await cluster.stop()
})

it('ends by q, and leaves no listener behind', async () => {
  shown.press('q')
  expect(await shown.ended).toBe('quit')
  expect(shown.foreground.listeners).toBe(0)
})

it('is interrupted by Ctrl-C, also while something is open or typed', async () => {
  shown.press(':')
  await shown.shows('Find')
  shown.press('ctrl+c')
  expect(await shown.ended).toBe('interrupted')
})

it('gives what nobody caught to whoever opened it, after it left the terminal', async () => {
  const failure = new BiomajError({code: 'internal', message: 'broken on purpose'})
  shown.foreground.throwUncaught(failure)
  await expect(shown.ended).rejects.toBe(failure)
  expect(shown.foreground.listeners).toBe(0)
})

it('stops when it is asked to, and has news when it goes on', async () => {
  shown.foreground.whileStopped = () => cluster.state.banks.set('hal', aBank('hal'))
  shown.foreground.askToStop()
  await shown.shows('2 banks')
  expect(shown.foreground.stops).toBe(1)
  shown.press('q')
  await shown.ended
})
