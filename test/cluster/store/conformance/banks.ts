import {describe, expect, it} from 'vitest'
import {bankOf, productionOf, statusOf} from '../banks-of-tests.js'
import type {StoreUnderTest} from '../conformance.js'

export function describeBanks(test: StoreUnderTest): void {
  describe('banks', () => {
    it('gives back what it was given, to every bit', async () => {
      const bank = bankOf('alu', {
        description: 'répétitions "Alu" \u{1f9ec}\n\0',
        types: ['nucleic', ''],
        tags: {'a.b': 'c', __proto: 'x'},
        current: 1_416_229_253.930_908,
        production: [productionOf(1_416_229_253.930_908, '63')],
        sessions: [
          {
            id: 1_416_229_253.930_908,
            action: 'update',
            release: '63',
            remoteRelease: '63',
            steps: {init: true, check: false},
            processes: {'B.M.p': true},
            produced: [],
            dirVersion: 'genomes/alu',
            productionDirectory: 'alu_63',
            logFile: null,
            over: true,
            updated: true,
            sizeBytes: 2 ** 50,
            dependencies: [],
          },
        ],
        pending: [{release: null, session: 1.5}],
        status: statusOf(1_416_229_253.930_908, 3),
        lastUpdate: {session: 1_416_229_253.930_908, ok: true, release: '63'},
      })
      expect(await test.store.banks.insert(bank)).toBe(true)
      expect(await test.store.banks.get('alu')).toEqual(bank)
      expect(await (await test.another()).banks.get('alu')).toEqual(bank)
    })

    it('has no bank that nobody made, and tells banks apart by each letter', async () => {
      await test.store.banks.insert(bankOf('alu'))
      for (const name of ['Alu', 'al', 'alu ', '', '%', '__proto__', "alu' or 1=1 --"]) {
        expect(await test.store.banks.get(name)).toBeUndefined()
      }
    })

    it('leaves a bank as it is that is inserted again', async () => {
      await test.store.banks.insert(bankOf('alu', {owner: 'ada'}))
      expect(await test.store.banks.insert(bankOf('alu', {owner: 'bob'}))).toBe(false)
      expect(await test.store.banks.get('alu')).toMatchObject({owner: 'ada'})
    })

    it('is not changed by what becomes of an object that was given or got', async () => {
      const bank = bankOf('alu')
      await test.store.banks.insert(bank)
      bank.types.push('given')
      const got = await test.store.banks.get('alu')
      got?.types.push('got')
      const changed = await test.store.banks.change('alu', before => ({...before, owner: 'bob'}))
      changed?.types.push('changed')
      expect(await test.store.banks.get('alu')).toEqual(bankOf('alu', {owner: 'bob'}))
    })

    it('changes a bank and gives it as it was written', async () => {
      await test.store.banks.insert(bankOf('alu'))
      const changed = await test.store.banks.change('alu', bank => ({...bank, tags: {seen: bank.owner}}))
      expect(changed).toEqual(bankOf('alu', {tags: {seen: 'ada'}}))
      expect(await (await test.another()).banks.get('alu')).toEqual(changed)
    })

    it('does not call a change for a bank that is not there', async () => {
      let called = false
      const changed = await test.store.banks.change('alu', bank => {
        called = true
        return bank
      })
      expect(changed).toBeUndefined()
      expect(called).toBe(false)
    })

    it('writes nothing when the change throws, and goes on working', async () => {
      await test.store.banks.insert(bankOf('alu'))
      const failing = test.store.banks.change('alu', bank => {
        bank.owner = 'bob'
        throw new RangeError('not like this')
      })
      await expect(failing).rejects.toThrow('not like this')
      expect(await test.store.banks.get('alu')).toEqual(bankOf('alu'))
      expect(await test.store.banks.change('alu', bank => ({...bank, owner: 'eve'}))).toMatchObject({owner: 'eve'})
    })

    it('does not let a change rename', async () => {
      await test.store.banks.insert(bankOf('alu'))
      await expect(test.store.banks.change('alu', bank => ({...bank, name: 'b'}))).rejects.toThrow(TypeError)
      expect(await test.store.banks.get('alu')).toEqual(bankOf('alu'))
    })

    it('loses none of many changes at the same time, of several processes', async () => {
      await test.store.banks.insert(bankOf('alu'))
      const stores = [test.store, await test.another(), await test.another()]
      await Promise.all(
        stores.flatMap(({banks}, at) =>
          Array.from({length: 20}, (_, i) =>
            banks.change('alu', bank => ({...bank, types: [...bank.types, String(at * 20 + i)]})),
          ),
        ),
      )
      const types = (await test.store.banks.get('alu'))?.types ?? []
      expect(types.toSorted((a, b) => Number(a) - Number(b))).toEqual(Array.from({length: 60}, (_, i) => String(i)))
    })

    it('lets one of two insert a bank that both want', async () => {
      const other = await test.another()
      const outcomes = await Promise.all([
        test.store.banks.insert(bankOf('alu', {owner: 'ada'})),
        other.banks.insert(bankOf('alu', {owner: 'bob'})),
      ])
      expect(outcomes.filter(Boolean)).toHaveLength(1)
      expect((await other.banks.get('alu'))?.owner).toBe(outcomes[0] ? 'ada' : 'bob')
    })

    it('renames a bank, unless the name is taken or the bank is not there', async () => {
      await test.store.banks.insert(bankOf('alu', {status: statusOf(1)}))
      await test.store.banks.insert(bankOf('b'))
      expect(await test.store.banks.rename('alu', 'b')).toBe(false)
      expect(await test.store.banks.rename('none', 'c')).toBe(false)
      expect(await test.store.banks.rename('alu', 'c')).toBe(true)
      expect(await test.store.banks.get('alu')).toBeUndefined()
      expect(await test.store.banks.get('c')).toEqual(bankOf('c', {status: statusOf(1)}))
      expect(await test.store.banks.get('b')).toEqual(bankOf('b'))
    })

    it('removes a bank once', async () => {
      await test.store.banks.insert(bankOf('alu'))
      expect(await (await test.another()).banks.remove('alu')).toBe(true)
      expect(await test.store.banks.remove('alu')).toBe(false)
      expect(await test.store.banks.get('alu')).toBeUndefined()
    })
  })
}
