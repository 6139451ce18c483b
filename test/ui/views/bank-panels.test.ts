import {describe, expect, it} from 'vitest'
import type {StepRun} from '../../../src/api/contract/run.js'
import {isUpdating} from '../../../src/ui/views/bank/bank-panels.js'

const now = {available: true, value: {daemon: 'one', action: 'update', step: null}} as const

function withSteps(...states: Array<StepRun['state']>) {
  const names = ['init', 'over'] as const
  const steps = states.map((state, index): StepRun => ({step: names[index] ?? 'init', state, processes: []}))
  return {now, run: {available: true, value: {session: null, logFile: null, steps}}} as const
}

describe('the run of a bank that is being updated', () => {
  it('is under way', () => {
    expect(isUpdating(withSteps('done', 'waiting'))).toBe(true)
    expect(isUpdating(withSteps())).toBe(true)
  })

  it('is the one before while all of its steps are over', () => {
    expect(isUpdating(withSteps('done', 'done'))).toBe(false)
  })
})
