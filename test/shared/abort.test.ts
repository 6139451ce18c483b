import {getEventListeners} from 'node:events'
import {afterEach, beforeEach, expect, it, vi} from 'vitest'
import {sleep} from '../../src/shared/abort.js'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

it('ends after its delay and leaves neither timer nor listener', async () => {
  const {signal} = new AbortController()
  let ended = false
  const sleeping = sleep(1000, signal).then(() => (ended = true))
  await vi.advanceTimersByTimeAsync(999)
  expect(ended).toBe(false)
  await vi.advanceTimersByTimeAsync(1)
  await sleeping
  expect(getEventListeners(signal, 'abort')).toEqual([])
  expect(vi.getTimerCount()).toBe(0)
})

it('rejects at once with the reason and leaves neither timer nor listener', async () => {
  const controller = new AbortController()
  const reason = new Error('enough')
  const sleeping = sleep(1000, controller.signal)
  controller.abort(reason)
  await expect(sleeping).rejects.toBe(reason)
  expect(getEventListeners(controller.signal, 'abort')).toEqual([])
  expect(vi.getTimerCount()).toBe(0)
})

it.for(['a word', 7, null])('rejects with a reason that is no error: %j', async reason => {
  const controller = new AbortController()
  const sleeping = sleep(1000, controller.signal)
  controller.abort(reason)
  await expect(sleeping).rejects.toBe(reason)
})

it('does not begin when it was aborted before', async () => {
  const reason = new Error('enough')
  await expect(sleep(1000, AbortSignal.abort(reason))).rejects.toBe(reason)
  expect(vi.getTimerCount()).toBe(0)
})

it('needs no signal', async () => {
  const sleeping = sleep(5)
  await vi.advanceTimersByTimeAsync(5)
  await expect(sleeping).resolves.toBeUndefined()
})

it('sleeps longer than one timer of Node can', async () => {
  const days = 86_400_000
  let ended = false
  const sleeping = sleep(60 * days).then(() => (ended = true))
  await vi.advanceTimersByTimeAsync(60 * days - 1)
  expect(ended).toBe(false)
  await vi.advanceTimersByTimeAsync(1)
  await sleeping
  expect(ended).toBe(true)
})
