import {describe, expect, it, vi} from 'vitest'
import type {Store} from '../../../../src/cluster/store/store.js'
import {keptEventsOfTests} from '../conformance.js'
import type {StoreUnderTest} from '../conformance.js'

const limit = 1000

function append(store: Store, i: number): Promise<void> {
  return store.events.append({
    atMs: i + 0.5,
    type: 'bank',
    bank: i % 2 === 0 ? 'alu' : null,
    data: {i, deep: {é: [null]}},
  })
}

function numbers(events: Array<{data: Record<string, unknown>}>): unknown[] {
  return events.map(({data}) => data['i'])
}

export function describeEvents(test: StoreUnderTest): void {
  describe('events', () => {
    it('are read in their order, from any of them on', async () => {
      const other = await test.another()
      expect(await test.store.events.lastId()).toBe(0)
      expect(await test.store.events.after(0, limit)).toEqual({events: [], gap: false})
      for (let i = 0; i < 6; i++) await append(i % 2 === 0 ? test.store : other, i)
      const {events, gap} = await other.events.after(0, limit)
      expect(gap).toBe(false)
      expect(numbers(events)).toEqual([0, 1, 2, 3, 4, 5])
      expect(events[2]).toEqual({
        id: events[2]?.id,
        atMs: 2.5,
        type: 'bank',
        bank: 'alu',
        data: {i: 2, deep: {é: [null]}},
      })
      expect(numbers((await test.store.events.after(events[2]?.id ?? -1, 2)).events)).toEqual([3, 4])
      expect(await test.store.events.lastId()).toBe(events[5]?.id)
      expect(await test.store.events.after(events[5]?.id ?? -1, limit)).toEqual({events: [], gap: false})
    })

    it('that are old are forgotten, and whoever asks for them is told', async () => {
      const written = keptEventsOfTests * 3
      for (let i = 0; i < written; i++) await append(test.store, i)
      const lastId = await test.store.events.lastId()
      const old = await (await test.another()).events.after(1, limit)
      expect(old.gap).toBe(true)
      expect(old.events.length).toBeGreaterThanOrEqual(keptEventsOfTests)
      expect(old.events.length).toBeLessThan(written - 1)
      expect(old.events.at(-1)?.id).toBe(lastId)
      const [first] = old.events
      // Whoever has read all up to the oldest that is left has missed nothing.
      expect((await test.store.events.after((first?.id ?? 0) - 1, limit)).gap).toBe(false)
      expect((await test.store.events.after((first?.id ?? 0) - 2, limit)).gap).toBe(true)
      expect(await test.store.events.after(lastId, limit)).toEqual({events: [], gap: false})
    })

    it('of a storage that is gone are told to be a gap, once', async () => {
      for (let i = 0; i < 3; i++) await append(test.store, i)
      const {events, gap} = await test.store.events.after(999, limit)
      expect(gap).toBe(true)
      expect(numbers(events)).toEqual([0, 1, 2])
    })

    it('wake those who watch, in this process and in others, until they stop', async () => {
      const other = await test.another()
      const heard: string[] = []
      const stops = [
        test.store.events.watch(() => heard.push('here')),
        other.events.watch(() => heard.push('there')),
        test.store.events.watch(() => heard.push('stopped')),
      ]
      stops[2]?.()
      await append(test.store, 1)
      await vi.waitFor(() => expect(new Set(heard)).toEqual(new Set(['here', 'there'])), {timeout: 5000})
      heard.length = 0
      stops[1]?.()
      await append(other, 2)
      await vi.waitFor(() => expect(heard).toContain('here'), {timeout: 5000})
      expect(heard).not.toContain('there')
      stops[0]?.()
    })
  })
}
