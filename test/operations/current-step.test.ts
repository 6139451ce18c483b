import {describe, expect, it} from 'vitest'
import type {BankRun, StepState} from '../../src/api/contract/run.js'
import {updateSteps} from '../../src/api/contract/steps.js'
import {currentStep, failedStep} from '../../src/operations/current-step.js'

const run = (...states: StepState[]): BankRun => ({
  session: '1',
  logFile: null,
  requests: [],
  steps: updateSteps
    .slice(0, states.length)
    .map((step, index) => ({step, state: states[index] ?? 'done', processes: []})),
})

describe('currentStep', () => {
  it('is the first that waits while the bank is at work', () => {
    expect(currentStep(run('done', 'waiting', 'waiting'), true)?.step).toBe('check')
  })

  it('is none when nothing works on the bank, though steps wait', () => {
    expect(currentStep(run('done', 'waiting', 'waiting'), false)).toBeNull()
  })

  it('is none before a run wrote its first status', () => {
    expect(currentStep(run('done', 'done'), true)).toBeNull()
    expect(currentStep(run(), true)).toBeNull()
  })
})

describe('failedStep', () => {
  it('is the one that failed', () => {
    expect(failedStep(run('done', 'failed', 'waiting'))?.step).toBe('check')
    expect(failedStep(run('done', 'skipped'))).toBeNull()
  })
})
