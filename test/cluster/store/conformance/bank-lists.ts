import * as fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import type {BankStore} from '../../../../src/cluster/store/store.js'
import {bankOf, productionOf} from '../banks-of-tests.js'
import type {StoreUnderTest} from '../conformance.js'

const name = fc.constantFrom('a', 'b', 'c', 'd')
const what = fc.constantFrom('insert', 'change', 'rename', 'remove')
const step = fc.record({at: fc.constantFrom(0, 1), what, name, to: name})
type Step = Omit<typeof step extends fc.Arbitrary<infer T> ? T : never, 'at'>

async function applied(banks: BankStore, {what, name, to}: Step, owner: string): Promise<boolean> {
  if (what === 'insert') return banks.insert(bankOf(name, {owner}))
  if (what === 'change') return (await banks.change(name, bank => ({...bank, owner}))) !== undefined
  return what === 'remove' ? banks.remove(name) : banks.rename(name, to)
}

/** The same with names and owners in a map. */
function modelled(model: Map<string, string>, {what, name, to}: Step, owner: string): boolean {
  const known = model.get(name)
  const may = {insert: known === undefined, rename: known !== undefined && !model.has(to)}[what as 'insert' | 'rename']
  if (!(may ?? known !== undefined)) return false
  if (what === 'rename' || what === 'remove') model.delete(name)
  if (what === 'rename') model.set(to, known ?? '')
  if (what === 'insert' || what === 'change') model.set(name, owner)
  return true
}

export function describeBankLists(test: StoreUnderTest): void {
  describe('lists of banks', () => {
    it('show what lists need, by name', async () => {
      await test.store.banks.insert(bankOf('zoo', {visibility: 'private'}))
      await test.store.banks.insert(
        bankOf('alu', {
          types: ['nucleic'],
          current: 2.5,
          production: [productionOf(1, '62'), productionOf(2.5, '63__1')],
          lastUpdate: {session: 2.5, ok: false, release: null},
        }),
      )
      expect(await test.store.banks.list()).toEqual([
        {
          name: 'alu',
          owner: 'ada',
          visibility: 'public',
          types: ['nucleic'],
          lastUpdate: {session: 2.5, ok: false, release: null},
          publishedRelease: '63',
          releases: [
            {release: '62', remoteRelease: '62', sizeBytes: 1234},
            {release: '63__1', remoteRelease: '63', sizeBytes: 1234},
          ],
        },
        {
          name: 'zoo',
          owner: 'ada',
          visibility: 'private',
          types: [],
          lastUpdate: null,
          publishedRelease: null,
          releases: [],
        },
      ])
    })

    it('are not changed by whoever got one', async () => {
      await test.store.banks.insert(bankOf('alu'))
      const list = await test.store.banks.list()
      list.pop()
      expect(await test.store.banks.list()).toHaveLength(1)
    })

    it('have a version that stays while nothing changes and grows with each change', async () => {
      const {banks} = test.store
      const other = (await test.another()).banks
      let last = await banks.version()
      expect(await banks.version()).toBe(last)
      for (const write of [
        () => banks.insert(bankOf('alu')),
        () => other.change('alu', bank => ({...bank, owner: 'bob'})),
        () => other.rename('alu', 'b'),
        () => banks.remove('b'),
      ]) {
        await write()
        const version = await banks.version()
        expect(version).toBeGreaterThan(last)
        expect(await other.version()).toBe(version)
        last = version
      }
      await banks.remove('b')
      await banks.insert(bankOf('c'))
      last = await banks.version()
      await banks.insert(bankOf('c'))
      expect(await banks.version()).toBe(last)
    })

    it('are right after whatever happened in whichever process', async () => {
      const stores = [test.store, await test.another()]
      await fc.assert(
        fc
          .asyncProperty(fc.array(step, {maxLength: 25}), async steps => {
            const model = new Map<string, string>()
            for (const [i, {at, ...step}] of steps.entries()) {
              const {banks} = stores[at] ?? test.store
              const owner = `owner ${i}`
              expect(await applied(banks, step, owner)).toBe(modelled(model, step, owner))
              const rows = (await banks.list()).map(row => [row.name, row.owner])
              expect(rows).toEqual([...model].toSorted(([a], [b]) => (a < b ? -1 : 1)))
            }
          })
          .afterEach(async () => {
            for (const {name} of await test.store.banks.list()) await test.store.banks.remove(name)
          }),
        {numRuns: 40},
      )
    })
  })
}
