import {Flags, type Interfaces} from '@oclif/core'
import {updateSteps} from '../../api/contract/steps.js'
import type {UpdateOptions} from '../../api/resources/banks.js'
import {checkUpdateOptions, parseStep} from '../../operations/steps.js'
import {BiomajError} from '../../shared/errors.js'
import {durationFlag} from '../flags.js'

const steps = updateSteps.join(', ')

/** The options of an update. */
export const updateFlags = {
  publish: Flags.boolean({summary: 'Publish the new release at the end, as `current`.'}),
  'from-scratch': Flags.boolean({summary: 'Make the release anew, even if it is there.'}),
  release: Flags.string({summary: 'Work on this release in production, not on the remote one.', helpValue: 'RELEASE'}),
  'from-task': Flags.string({summary: `Start again at this step: ${steps}.`, helpValue: 'STEP'}),
  process: Flags.string({
    summary: 'With --from-task of a process step: block, meta or process to start again at.',
    helpValue: 'NAME',
  }),
  'stop-before': Flags.string({summary: 'Stop before this step.', helpValue: 'STEP'}),
  'stop-after': Flags.string({summary: 'Stop after this step.', helpValue: 'STEP'}),
}

type ParsedUpdateFlags = Interfaces.InferredFlags<typeof updateFlags>

/** @throws {BiomajError} `usage` for what the daemon would take and then drop */
export function updateOptionsOf(flags: ParsedUpdateFlags): UpdateOptions {
  const step = (name: 'from-task' | 'stop-before' | 'stop-after') => {
    const value = flags[name]
    return value === undefined ? undefined : parseStep(value, `--${name}`)
  }
  const options: UpdateOptions = {
    publish: flags.publish,
    fromScratch: flags['from-scratch'],
    release: flags.release,
    fromTask: step('from-task'),
    process: flags.process,
    stopBefore: step('stop-before'),
    stopAfter: step('stop-after'),
  }
  checkUpdateOptions(options)
  return options
}

/** How to wait for an update. */
export const waitFlags = {
  follow: Flags.boolean({char: 'f', summary: 'Show the log of the bank while waiting.'}),
  timeout: durationFlag({summary: 'Stop waiting after this time; the update goes on. 0 looks once.'}),
  'max-outage': durationFlag({summary: 'Longest time without an answer from the cluster; 10m by default.'}),
  poll: durationFlag({summary: 'Time between looks; by default 2s at first, then up to 15s.'}),
  'cancel-on-interrupt': Flags.boolean({summary: 'Cancel the update on Ctrl-C instead of leaving it to run.'}),
}

export type WaitFlags = Interfaces.InferredFlags<typeof waitFlags>

const shortestPollMs = 100

/** @throws {BiomajError} `usage` for a time that would only burden the cluster */
export function checkWaitFlags({poll}: WaitFlags): void {
  if (poll === undefined || poll >= shortestPollMs) return
  throw new BiomajError({code: 'usage', message: '--poll is too short', hint: 'Take 100ms at least.'})
}

/**
 * Whether `update` is to wait. --follow means it too; other flags about waiting are refused without it, so that no
 * script takes "requested" for "updated".
 *
 * @throws {BiomajError} `usage`
 */
export function wantsToWait(flags: WaitFlags & {wait: boolean; async: boolean}): boolean {
  checkWaitFlags(flags)
  if (flags.async && flags.follow) throw new BiomajError({code: 'usage', message: '--async and --follow: choose one'})
  if (flags.wait || flags.follow) return true
  const names = ['timeout', 'max-outage', 'poll', 'cancel-on-interrupt'] as const
  const pointless = names.find(name => flags[name] !== undefined && flags[name] !== false)
  if (pointless === undefined) return false
  throw new BiomajError({code: 'usage', message: `--${pointless} is about waiting`, hint: 'Add --wait.'})
}
