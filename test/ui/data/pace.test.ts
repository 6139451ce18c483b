import {describe, expect, it} from 'vitest'
import {longestPauseMs, Pace} from '../../../src/ui/data/pace.js'

const intervalMs = 2000

function aPace(random = () => 1): Pace {
  return new Pace({intervalMs, random})
}

function quiet(pace: Pace, rounds: number): number[] {
  return Array.from({length: rounds}, () => {
    pace.readWell(false)
    return pace.takePauseMs()
  })
}

describe('the pace of the rounds', () => {
  it('is the interval while something changes', () => {
    const pace = aPace()
    for (let round = 0; round < 20; round++) {
      pace.readWell(true)
      expect(pace.takePauseMs()).toBe(intervalMs)
    }
  })

  it('slows down to 15 s while nothing happens, and no further', () => {
    const pauses = quiet(aPace(), 20)
    expect(pauses.slice(0, 5)).toEqual([2000, 2000, 2000, 2000, 2000])
    expect(pauses).toEqual(pauses.toSorted((a, b) => a - b))
    expect(pauses.at(-1)).toBe(longestPauseMs)
  })

  it('is the interval again after a change, and after whatever the user does', () => {
    const pace = aPace()
    quiet(pace, 20)
    pace.readWell(true)
    expect(pace.takePauseMs()).toBe(intervalMs)
    quiet(pace, 20)
    pace.somethingHappened()
    expect(pace.takePauseMs()).toBe(intervalMs)
  })

  it('never asks more often than the interval, also when that is longer than 15 s', () => {
    const pace = new Pace({intervalMs: 60_000, random: () => 0})
    expect(quiet(pace, 10)).toEqual(Array.from({length: 10}, () => 60_000))
  })

  it('asks a cluster that answers with errors less and less often, up to every 30 s', () => {
    const pace = aPace()
    const pauses = Array.from({length: 8}, () => {
      pace.failed('server_error')
      return pace.takePauseMs()
    })
    expect(pauses).toEqual([2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000, 30_000])
  })

  it('spreads these over a fifth, so that many dashboards do not come back at once', () => {
    const early = aPace(() => 0)
    early.failed('server_error')
    expect(early.pauseMs).toBe(1600)
  })

  it('tries a cluster that cannot be reached at the interval, to see its return within one', () => {
    const pace = aPace()
    for (let failure = 0; failure < 50; failure++) pace.failed('unreachable')
    expect(pace.pauseMs).toBe(intervalMs)
  })

  it('forgets failures with the first good round', () => {
    const pace = aPace()
    for (let failure = 0; failure < 10; failure++) pace.failed('server_error')
    pace.readWell(true)
    expect(pace.takePauseMs()).toBe(intervalMs)
  })

  it('lets one round follow at once', () => {
    const pace = aPace()
    pace.soon()
    expect([pace.takePauseMs(), pace.takePauseMs()]).toEqual([0, intervalMs])
  })
})
