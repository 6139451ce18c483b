import type {Story, StoryRun} from './story.js'
import {failed, updated} from './story.js'

const banks = 10_000
const dayMs = 86_400_000
const firstDayMs = Date.parse('2026-01-01T00:00:00Z')
const kinds = ['genome', 'proteome', 'transcripts', 'markers', 'repeats', 'variants', 'domains', 'motifs']

/** Ten thousand banks, one after the other; each has records and no files. */
export function* hugeStories(): Generator<Story> {
  for (let number = 0; number < banks; number++) {
    const kind = kinds[number % kinds.length] ?? 'genome'
    const name = `${kind}-${String(number).padStart(5, '0')}`
    const runs = runsOf(number)
    const last = runs.findLast(run => run.result === 'updated')?.release ?? undefined
    yield {
      name,
      fullName: `Made up: ${kind} number ${number}`,
      visibility: number % 20 === 19 ? 'private' : undefined,
      runs,
      published: number % 10 === 9 ? undefined : last,
    }
  }
}

/** None to three runs, by the number of the bank; one in seven ends in a failure. */
function runsOf(number: number): StoryRun[] {
  const runs = Array.from({length: number % 4}, (_, index) => {
    const at = new Date(firstDayMs + ((number % 300) + index) * dayMs + (number % 1440) * 60_000).toISOString()
    return updated(at, at.slice(0, 10), 10 + (number % 600))
  })
  const last = runs.at(-1)
  if (number % 7 !== 0 || last === undefined) return runs
  const at = new Date(Date.parse(last.at) + dayMs).toISOString()
  return [...runs, failed(at, 'download', {release: at.slice(0, 10), reason: 'connection refused'})]
}
