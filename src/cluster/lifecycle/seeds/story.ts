import type {UpdateStep} from '../../model/steps.js'

/** What became of a bank, from which its record, its history and its files are made. */
export interface Story {
  name: string
  fullName: string
  visibility?: 'private' | undefined
  /** Lines of the properties that are not those of the demonstration bank, or that replace these; null takes a key out. */
  properties?: Readonly<Record<string, string | null>> | undefined
  /** Oldest first. */
  runs: readonly StoryRun[]
  /** Release that is current; none when absent. */
  published?: string | undefined
  frozen?: readonly string[] | undefined
  /** Releases that were removed again. */
  removed?: readonly string[] | undefined
  /** What is wrong on disk, beside what the runs left. */
  damage?: 'no file' | 'release gone' | 'current gone' | undefined
  /** Files of a folder of its own, below `sources` of the data directory, from which the bank is copied. */
  source?: Readonly<Record<string, string>> | undefined
}

export type StoryRun =
  | {at: string; seconds: number; result: 'updated'; release: string}
  | {at: string; seconds: number; result: 'up to date'; release: string}
  | {
      at: string
      seconds: number
      result: 'failed' | 'cancelled'
      release: string | null
      step: UpdateStep
      reason: string
    }
  /** The cluster died in this step; the run is taken up again when the bank is updated next. */
  | {at: string; seconds: number; result: 'interrupted'; release: string | null; step: UpdateStep}

export function updated(at: string, release: string, seconds = 42): StoryRun {
  return {at, seconds, result: 'updated', release}
}

export function upToDate(at: string, release: string): StoryRun {
  return {at, seconds: 3, result: 'up to date', release}
}

export function failed(
  at: string,
  step: UpdateStep,
  {release, reason}: {release: string | null; reason: string},
): StoryRun {
  return {at, seconds: 17, result: 'failed', release, step, reason}
}

export function cancelled(
  at: string,
  step: UpdateStep,
  {release, reason}: {release: string | null; reason: string},
): StoryRun {
  return {at, seconds: 8, result: 'cancelled', release, step, reason}
}
