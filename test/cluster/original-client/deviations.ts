import {isDeepStrictEqual} from 'node:util'
import type {Said} from './session.js'

/** Where the text may differ, and what it must be then. */
export interface TextDeviation {
  /** Of `docs/compatibility.md`. */
  heading: string
  calls: RegExp
  says: RegExp
}

export const textDeviations: readonly TextDeviation[] = [
  {
    heading: 'A bank without a release has an empty list of files',
    calls: /^--show --bank alu(?: --json)?$/,
    says: /Name.*File\(s\)/,
  },
  {
    heading: 'What cannot be done is refused when it is asked for',
    calls:
      /^--show --bank alu --release 1999|^--publish$|^--remove-all --bank alu$|^--change-dbname alu|^--remove --bank alu --release .* --json$/,
    says: /No production session could be found for this release|Bank name is missing|is frozen and cannot be removed|There is a bank ."?alu/,
  },
  {
    heading: 'Steps that a run passes over are shown as skipped at once',
    calls: /^--update-status --bank broken/,
    says: /\| download \| skipped \|/,
  },
  {
    heading: 'Banks are listed by name',
    calls: /^--stats/,
    says: /broken[^]*plain[^]*refused[^]*secret/,
  },
  {
    heading: 'A release that is worked on again keeps its place',
    calls: /^--status --bank alu$/,
    says: /\| 2021-3-5 \|[^]*\| 2021-3-5__2 \| <root>/,
  },
  {
    heading: 'A run that failed is not called an update',
    calls: /^--history/,
    says: /broken \| update \| <time> \| <time> \| False \| True|"broken", "update", "<time>", "<time>", "False", "True"/,
  },
  {
    heading: 'Releases stay below the data directory',
    calls: /^--move-production-directories <moved>/,
    says: /is not below <root>\/db/,
  },
  {
    heading: 'Bank templates and the schedule are part of the cluster',
    calls: /^--(?:data-list|data-import --bank|schedule)/,
    says: /Bank templates: \['alu'|has a file already|alu: (?:<time>|not planned)/,
  },
  {
    heading: 'All daemons are listed before they have worked',
    calls: /^--whatsup/,
    says: /biomaj-update-\S+@\S+/,
  },
  {
    heading: 'Removing pending releases keeps the date of the last update',
    calls: /^--status(?: --bank plain| --json)?(?: \(as (?:joe|nobody)\))?$/,
    says: /\| plain \| nucleic \| (?:N\/A \| public \| )?<time> \||\["plain", "nucleic", "N\/A", "public", "<time>"\]/,
  },
]

/** The calls whose texts differ without a reason that is documented. */
export function differing(real: readonly Said[], ours: readonly Said[]): {call: string; BioMAJ: string; we: string}[] {
  return real.flatMap(({call, said}, index) => {
    const we = ours[index]?.said ?? '(nothing)'
    const deviates = textDeviations.some(({calls, says}) => calls.test(call) && says.test(we))
    return same(said, we) || deviates ? [] : [{call, BioMAJ: said, we}]
  })
}

/** JSON is compared as what it means: keys have no order, and what a cluster adds is beside the point. */
function same(one: string, other: string): boolean {
  return isDeepStrictEqual(meaning(one), meaning(other))
}

function meaning(text: string): unknown {
  try {
    const value = JSON.parse(text) as unknown
    if (typeof value === 'object' && value !== null && 'runs' in value) delete value.runs
    return value
  } catch {
    // A text for people.
    return text
  }
}
