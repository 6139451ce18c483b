import {describe, expect, it, vi} from 'vitest'
import type {Store} from '../../../../src/cluster/store/store.js'
import {bankOf, statusOf} from '../banks-of-tests.js'
import type {StoreUnderTest} from '../conformance.js'

const session = 1_790_000_000.25

async function filesDone(store: Store): Promise<number | undefined> {
  return (await store.banks.get('alu'))?.status?.progress?.filesDone
}

export function describeProgress(test: StoreUnderTest): void {
  const insert = (): Promise<boolean> => test.store.banks.insert(bankOf('alu', {status: statusOf(session)}))

  describe('progress', () => {
    it('is seen at once by whoever wrote it, and soon by others', async () => {
      await insert()
      const other = await test.another()
      await test.store.banks.progress('alu', session, statusOf(session, 3))
      expect(await filesDone(test.store)).toBe(3)
      await vi.waitFor(async () => expect(await filesDone(other)).toBe(3), {timeout: 5000})
      await test.store.banks.progress('alu', session, statusOf(session, 4))
      expect(await filesDone(test.store)).toBe(4)
      await vi.waitFor(async () => expect(await filesDone(other)).toBe(4), {timeout: 5000})
    })

    it('is ignored for another session, for a bank without a status and for one that is not there', async () => {
      await insert()
      await test.store.banks.insert(bankOf('idle'))
      await test.store.banks.progress('alu', 7, statusOf(7, 3))
      await test.store.banks.progress('alu', session, statusOf(7, 3))
      await test.store.banks.progress('idle', session, statusOf(session, 3))
      await test.store.banks.progress('none', session, statusOf(session, 3))
      expect((await test.store.banks.get('alu'))?.status).toEqual(statusOf(session))
      expect((await test.store.banks.get('idle'))?.status).toBeNull()
      expect(await test.store.banks.get('none')).toBeUndefined()
    })

    it('is what a change finds, and stays when the change is about something else', async () => {
      await insert()
      await test.store.banks.progress('alu', session, statusOf(session, 3))
      const changed = await test.store.banks.change('alu', bank => ({
        ...bank,
        tags: {seen: String(bank.status?.progress?.filesDone)},
      }))
      expect(changed?.tags).toEqual({seen: '3'})
      expect(changed?.status).toEqual(statusOf(session, 3))
      expect(await filesDone(test.store)).toBe(3)
    })

    it('does not come back after the status was written for good', async () => {
      await insert()
      const other = await test.another()
      await test.store.banks.progress('alu', session, statusOf(session, 3))
      // Another worker has taken up the same session, and is further.
      await other.banks.change('alu', bank => ({...bank, status: {...statusOf(session, 9), running: null}}))
      expect(await filesDone(test.store)).toBe(9)
      // Whatever was pending is written by now.
      await test.store.banks.rename('alu', 'b')
      await test.store.banks.rename('b', 'alu')
      expect(await filesDone(other)).toBe(9)
    })

    it('goes on after the status was written for good', async () => {
      await insert()
      await test.store.banks.change('alu', bank => ({...bank, status: {...statusOf(session, 2), running: 'publish'}}))
      await test.store.banks.progress('alu', session, statusOf(session, 5))
      expect(await filesDone(test.store)).toBe(5)
    })

    it('of a bank that was removed is not seen in one of the same name and session', async () => {
      await insert()
      await test.store.banks.progress('alu', session, statusOf(session, 3))
      await test.store.banks.remove('alu')
      await insert()
      expect((await test.store.banks.get('alu'))?.status).toEqual(statusOf(session))
    })

    it('moves with a bank that is renamed', async () => {
      await insert()
      await test.store.banks.progress('alu', session, statusOf(session, 3))
      await test.store.banks.rename('alu', 'b')
      expect((await test.store.banks.get('b'))?.status).toEqual(statusOf(session, 3))
      await test.store.banks.progress('b', session, statusOf(session, 4))
      expect((await test.store.banks.get('b'))?.status).toEqual(statusOf(session, 4))
    })

    it('keeps nothing of the object that was given', async () => {
      await insert()
      const status = statusOf(session, 3)
      await test.store.banks.progress('alu', session, status)
      status.steps.pop()
      const got = await test.store.banks.get('alu')
      got?.status?.processes.pop()
      expect((await test.store.banks.get('alu'))?.status).toEqual(statusOf(session, 3))
    })

    it.runIf(test.shared)('is written when the store is closed', async () => {
      await insert()
      const other = await test.another()
      await test.store.banks.progress('alu', session, statusOf(session, 3))
      await test.close(test.store)
      expect(await filesDone(other)).toBe(3)
    })
  })
}
