import * as fc from 'fast-check'
import {afterEach, beforeEach, expect, it} from 'vitest'
import {BiomajClient} from '../../../src/api/client.js'
import {Secret} from '../../../src/shared/secret.js'
import {commandIds, specOf} from '../../../src/ui/keys/actions.js'
import {type ShownDashboard, showDashboard} from '../../support/dashboard/index.js'
import {until} from '../../support/until.js'
import {aBank, aRelease, type ScriptedCluster, startScriptedCluster} from '../../support/scripted-cluster/index.js'

let cluster: ScriptedCluster
let dashboard: ShownDashboard | undefined

beforeEach(async () => {
  cluster = await startScriptedCluster({
    banks: [aBank('a', {releases: [aRelease('1'), aRelease('2')]}), aBank('b')],
  })
})

afterEach(async () => {
  await dashboard?.stop()
  await cluster.stop()
})

// Commands and what answers their dialogs come more often than other keys: `a`, `b` and `maintenance` are typed words.
const commandKeys = commandIds.flatMap(id => specOf(id).keys)
const anyKey = fc.oneof(
  {weight: 4, arbitrary: fc.constantFrom(...commandKeys)},
  {weight: 4, arbitrary: fc.constantFrom('enter', 'down', 'up', 'right', 'space', 'tab')},
  {weight: 2, arbitrary: fc.constantFrom('a', 'b', 'maintenance')},
  {weight: 2, arbitrary: fc.constantFrom('1', '2', '3', '4', 'escape', 'L', ':', 'update', 'Y')},
  {weight: 1, arbitrary: fc.string({maxLength: 3}).filter(text => !/[q\p{C}]/u.test(text))},
)

/** Leaves whatever is open. When it resolves, all keys have done what they do, and nothing is on its way. */
async function goHome(shown: ShownDashboard): Promise<void> {
  const keys = ['escape', '1']
  await until(
    'the overview',
    () => {
      if (/^ Overview$/m.test(shown.screen()) && shown.screen().includes('Attention')) return true
      const [next = 'escape'] = keys
      keys.push(...keys.splice(0, 1))
      shown.press(next)
      return false
    },
    {everyMs: 60},
  )
  await until('nothing is on its way', () => !new RegExp(`^ … (${titles})`, 'm').test(shown.screen()))
}

const titles = ['update', 'cancel', 'publish', 'unpublish', 'freeze', 'remove', 'repair', 'check', 'maintenance'].join(
  '|',
)

/** What the cluster does not only answer. */
function changes(): string[] {
  return cluster.requests
    .filter(({method, path, body}) => method !== 'GET' && !(path === '/api/daemon' && onlyReads(body)))
    .map(({method, path, body}) => `${method} ${path} ${body}`)
}

function onlyReads(body: string): boolean {
  const {options} = JSON.parse(body) as {options: Record<string, unknown>}
  const actions = ['update', 'updatecancel', 'publish', 'unpublish', 'freeze', 'unfreeze', 'remove', 'removeall']
  return [...actions, 'removepending', 'repair', 'owner', 'visibility', 'newbank', 'newdir'].every(
    name => !options[name],
  )
}

it('sends nothing that changes the cluster in read-only mode, whatever is pressed', {timeout: 120_000}, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyKey, {minLength: 20, maxLength: 60}), fc.boolean(), async (keys, isTold) => {
      const {url} = cluster
      // A dashboard that does not know of it asks for everything, and only the client stands in the way.
      const connect = async () =>
        Promise.resolve(new BiomajClient({url: new URL(url), apiKey: new Secret('ADMINKEY01'), readOnly: true}))
      dashboard = showDashboard({
        url,
        host: {cluster: {name: 'test', url, user: 'admin', readOnly: isTold, connect}},
      })
      dashboard.press('2')
      await dashboard.shows('› a')
      dashboard.press(...keys)
      await goHome(dashboard)
      await dashboard.stop()
      expect(changes()).toEqual([])
    }),
    {numRuns: 25},
  )
})

it('would send it otherwise, with the same keys', async () => {
  dashboard = showDashboard({url: cluster.url, apiKey: 'ADMINKEY01'})
  dashboard.press('2')
  await dashboard.shows('› a')
  dashboard.press('u', 'enter')
  await dashboard.shows('a: update requested')
  expect(changes()).toHaveLength(1)
})
