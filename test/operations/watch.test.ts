import {describe, expect, it} from 'vitest'
import {watch} from '../../src/operations/watch.js'
import {BiomajError} from '../../src/shared/errors.js'

/** Time passes only while somebody sleeps. */
function fakeClock(signal: AbortSignal) {
  let nowMs = 0
  return {
    nowMs: () => nowMs,
    sleep: async (delayMs: number) => {
      signal.throwIfAborted()
      nowMs += delayMs
    },
  }
}

const outage = new BiomajError({code: 'unreachable', message: 'gone'})

async function collect(answers: Array<number | Error>) {
  const interruption = new AbortController()
  const {signal} = interruption
  let underWay = 0
  let most = 0
  const look = async () => {
    underWay += 1
    most = Math.max(most, underWay)
    await Promise.resolve()
    underWay -= 1
    const answer = answers.shift()
    if (answer === undefined) {
      interruption.abort(new Error('interrupted'))
      throw new Error('aborted')
    }
    if (answer instanceof Error) throw answer
    return answer
  }
  const seen: unknown[] = []
  const end = await (async () => {
    for await (const shot of watch(look, {pauseMs: 5000, signal, clock: fakeClock(signal)})) {
      seen.push(shot.ok ? shot.value : `${shot.error.message}, ${shot.lastGood.value} is ${shot.lastGood.ageMs} ms old`)
    }
  })().catch((error: unknown) => error)
  return {seen, end, most}
}

describe('watch', () => {
  it('looks until the signal, one look at a time', async () => {
    const {seen, most} = await collect([1, 2, 3])
    expect(seen).toEqual([1, 2, 3])
    expect(most).toBe(1)
  })

  it('goes on through failures and tells how old the last value is', async () => {
    const {seen} = await collect([1, outage, outage, 2])
    expect(seen).toEqual([1, 'gone, 1 is 5000 ms old', 'gone, 1 is 10000 ms old', 2])
  })

  it('ends when already the first look fails', async () => {
    expect(await collect([outage])).toMatchObject({seen: [], end: outage})
  })

  it('ends with a bug of ours', async () => {
    const bug = new TypeError('undefined is not a function')
    expect(await collect([1, bug])).toMatchObject({seen: [1], end: bug})
  })
})
