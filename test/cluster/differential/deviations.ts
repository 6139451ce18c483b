import type {Observation} from './observation.ts'

/** Where we mean to differ from BioMAJ. Anything else that differs is a defect. */
export interface Deviation {
  name: string
  /** The heading of `docs/compatibility.md` under which users read of it. */
  heading: string
  /** Shows in all scenarios; others name it. */
  everywhere?: true
  /** What we are expected to show where BioMAJ shows this. */
  expected?(real: Observation): Observation
  /** Differences that it makes, in the form of `differences`; at least one of them must be there. */
  makes?: readonly RegExp[]
}

type Reads = Observation['reads']

export const deviations: readonly Deviation[] = [
  {
    name: 'looking creates nothing',
    heading: 'Looking at a bank does not create it',
    everywhere: true,
    expected(real) {
      const unused = Object.keys(real.log).filter(
        bank => JSON.stringify(real.reads[`bank/${bank}/status`]) === '{"msg":"No update information available"}',
      )
      const reads: Reads = Object.fromEntries(
        Object.entries(real.reads)
          .filter(([route]) => !unused.some(bank => route === `bank/${bank}` || route.startsWith(`bank/${bank}/`)))
          .map(([route, answer]) => [route, withoutBanks(route, answer, unused)]),
      )
      return {...real, reads, log: omit(real.log, unused)}
    },
  },
  {
    name: 'a bank without a release is shown',
    heading: 'A bank without a release has an empty list of files',
    everywhere: true,
    expected: real => ({
      ...real,
      reads: mapped(real.reads, answer => (answer === 500 ? {headers: showHeaders, details: []} : answer)),
    }),
  },
  {
    name: 'a failed run has not updated',
    heading: 'A run that failed is not called an update',
    everywhere: true,
    expected: real => ({
      ...real,
      reads: mapped(real.reads, answer =>
        hasRows(answer, 'history')
          ? {
              ...answer,
              history: answer.history
                .map(row => (row[4] === 'True' && row[5] === 'True' ? row.with(4, 'False') : row))
                .toSorted(byWords),
            }
          : answer,
      ),
    }),
  },
  {
    name: 'a failed sub-step shows',
    heading: 'A step whose second half fails is shown as failed',
    everywhere: true,
    expected: real => ({...real, reads: mapped(real.reads, withFailedStep(real))}),
  },
  {
    name: 'banks by name',
    heading: 'Banks are listed by name',
    everywhere: true,
    expected: real => ({...real, reads: mapped(real.reads, banksByName)}),
  },
  {
    name: 'steps passed over',
    heading: 'Steps that a run passes over are shown as skipped at once',
    everywhere: true,
    expected: real => ({...real, reads: mapped(real.reads, withSkippedSteps)}),
  },
  {
    name: 'refused at once',
    heading: 'What cannot be done is refused when it is asked for',
    makes: [
      /: \/answer\/status: BioMAJ has true, we have false$/,
      /: \/answer\/message: BioMAJ has .*, we have "(?:Release \S+ is (?:frozen|published) and cannot be removed|No production session could be found for this release|Invalid step: nonsense|Process nothing not found in postprocess|Bank .* has never been updated: there is nothing to change yet)"$/,
      // BioMAJ's run makes it before it finds out.
      /: \/tree\/offline\/alu: BioMAJ has "dir", we have undefined$/,
    ],
  },
  {
    name: 'a row for every run',
    heading: 'Every run leaves a row in the history',
    makes: [/: \/reads\/history\/history: BioMAJ has /],
  },
  {
    name: 'last update stays',
    heading: 'Removing pending releases keeps the date of the last update',
    makes: [
      /: \/reads\/bank(?:\/banks\/0|\/alu\/bank\/info\/details\/0): BioMAJ also has \[\], we also have \["<time>"\]$/,
    ],
  },
  {
    name: 'dates of files',
    heading: 'Files keep the date of the remote side',
    makes: [/: \/tree\/.*: BioMAJ has "\d+ \w{16} now", we have "\d+ \w{16} 2021-03-05T00:00"$/],
  },
  {
    name: 'an empty list',
    heading: 'An empty list of files means that there is nothing to do',
    makes: [
      /: \/reads\/history\/history\/0: BioMAJ also has \["True"\], we also have \[\]$/,
      /: \/reads\/bank\/alu\/status\/status\/process\/7: BioMAJ also has \["error"\], we also have \["over"\]$/,
      /: \/log\/alu: BioMAJ also has \["Error during task download"\], we also have \["Workflow:wf_download:nb_files_to_download:0"/,
    ],
  },
  {
    name: 'counted once',
    heading: 'A file that several patterns match is fetched once',
    makes: [
      /: \/log\/alu: BioMAJ also has \["Workflow:wf_download:nb_files_to_download:3","Workflow:wf_download:nb_expected_files:3"\], /,
    ],
  },
  {
    name: 'unfinished files',
    heading: 'Files that are not complete have names of their own',
    makes: [
      /: \/tree\/offline\/alu\/.*\.biomaj\.part(?:\.json)?: BioMAJ has undefined, we have "/,
      /: \/tree\/offline\/alu\/[ab]\.n: BioMAJ has "\d+ \w{16} unfinished", we have undefined$/,
      /: \/log\/alu: BioMAJ also has \["Workflow:wf_download:nb_files_in_offline_dir:1"\], we also have \["Workflow:wf_download:nb_files_in_offline_dir:0"\]$/,
    ],
  },
  {
    name: 'names from groups',
    heading: 'Names made of groups work for files of this machine too',
    makes: [/^after 1 "update alu": /],
  },
  {
    name: 'log of the run',
    heading: 'A process that is run again is told the log of this run',
    makes: [/: \/seen\/\w+: BioMAJ also has \["logdir=.*","logfile=.*"\], we also have \["logdir=.*","logfile=.*"\]$/],
  },
  {
    name: 'processes of the session',
    heading: 'The status shows all processes of a run, also those that were done before',
    makes: [/: \/reads\/bank\/alu\/status\/status\/process: BioMAJ has /],
  },
  {
    name: 'all processes again',
    heading: 'A step that is begun again runs all of its processes',
    makes: [
      /\/B_b1\.(?:err|out): BioMAJ has undefined, we have ""$/,
      /\/C_c1\.(?:err|out): BioMAJ has "", we have undefined$/,
      /: \/seen\/(?:b1: BioMAJ has undefined, we have|c1: BioMAJ has .*, we have undefined$)/,
      /: \/log\/alu: BioMAJ also has \[.*"PROC:META:/,
      /^after 6 .*\/reads\/bank\/alu\/bank\/production\/details\/0: BioMAJ also has /,
    ],
  },
  {
    name: 'removed release',
    heading: 'Processes at a removal know the remote release',
    makes: [/: \/seen\/p1: BioMAJ also has \["remoterelease="\], we also have \["remoterelease=2021-3-5"\]$/],
  },
  {
    name: 'files of a source',
    heading: 'A step whose second half fails is shown as failed',
    makes: [
      /: \/reads\/bank\/computed\/status\/status\/process\/7: BioMAJ also has \["over"\], we also have \["error"\]$/,
      /: \/log\/computed: BioMAJ also has \[\], we also have \["Error during download subtask: wf_copydepends"\]$/,
    ],
  },
  {
    name: 'place of a release',
    heading: 'A release that is worked on again keeps its place',
    makes: [/: \/reads\/(?:stats\/stats|bank\/alu\/bank\/production\/details|bank\/alu\/show\/details)\/\d/],
  },
  {
    name: 'no empty types',
    heading: 'A process that names no type adds none',
    makes: [/: \/reads\/bank\/alu\/show\/details\/0\/3\/1: BioMAJ has \[""\], we have \[\]$/],
  },
  {
    name: 'locks of nobody',
    heading: 'Lock files that nobody holds are ignored',
    // BioMAJ refuses, and so has nothing of all that comes of the update.
    makes: [/^after 2 "update alu": /],
  },
  {
    name: 'formats of a repaired release',
    heading: 'A release that was repaired has its formats',
    makes: [/: \/reads\/bank\/alu\/show\/details\/0\/2: BioMAJ has "", we have null$/],
  },
  {
    name: 'published, then stopped',
    heading: 'What is published is in production',
    makes: [
      /^after 1 .*: \/reads\/bank(?:\/banks\/0|\/alu\/bank\/info\/details\/0): BioMAJ also has \["N\/A"\], we also have \["2021-3-5"\]$/,
      /^after 1 .*: \/reads\/stats\/stats: BioMAJ has \[\["alu","All","0"\]\], we have \[\["alu","All","8"\],\["","2021-3-5","8"\]\]$/,
      /^after 1 .*: \/reads\/bank\/alu\/bank\/pending: BioMAJ has \[.*\["2021-3-5","<time>"\]\], we have \[\]$/,
      /^after 1 .*: \/reads\/bank\/alu\/bank\/production\/(?:details|headers): BioMAJ has \[\], we have \[/,
      /^after 1 .*: \/reads\/bank\/alu\/show\/details: BioMAJ has \[\], we have \[\["alu","2021-3-5 \(current\)",null,\[\],\[\],\[\]\]\]$/,
    ],
  },
]

const showHeaders = ['Name', 'Release', 'Format(s)', 'Type(s)', 'Tag(s)', 'File(s)']

function mapped(reads: Reads, change: (answer: unknown, route: string) => unknown): Reads {
  return Object.fromEntries(Object.entries(reads).map(([route, answer]) => [route, change(answer, route)]))
}

function omit<Value>(record: Readonly<Record<string, Value>>, names: readonly string[]): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => !names.includes(name)))
}

function hasRows<Name extends string>(answer: unknown, name: Name): answer is Record<Name, string[][]> {
  return typeof answer === 'object' && answer !== null && name in answer
}

function byWords(one: readonly string[], other: readonly string[]): number {
  const [a, b] = [one, other].map(row => row.join(' '))
  return (a ?? '') < (b ?? '') ? -1 : 1
}

function banksByName(answer: unknown, route: string): unknown {
  if (route === 'bank' && hasRows(answer, 'banks')) return {...answer, banks: answer.banks.toSorted(byWords)}
  if (route !== 'stats' || !hasRows(answer, 'stats')) return answer
  const banks: string[][][] = []
  // The rows of releases follow that of their bank.
  for (const row of answer.stats) {
    if (row[0] === '') banks.at(-1)?.push(row)
    else banks.push([row])
  }
  return {...answer, stats: banks.toSorted(([one = []], [other = []]) => byWords(one, other)).flat()}
}

/** BioMAJ shows `waiting` for what is done already until the run has ended well. */
function withSkippedSteps(answer: unknown, route: string): unknown {
  if (!/^bank\/\w+\/status$/.test(route) || !hasStatus(answer)) return answer
  const {process} = answer.status
  const failed = process.findIndex(([, state]) => state === 'error')
  const skipped = process.map((row, index) => (index < failed && row[1] === 'waiting' ? row.with(1, 'skipped') : row))
  return {...answer, status: {...answer.status, process: skipped}}
}

function withoutBanks(route: string, answer: unknown, banks: readonly string[]): unknown {
  if (route === 'bank' && hasRows(answer, 'banks')) {
    return {...answer, banks: answer.banks.filter(([name = '']) => !banks.includes(name))}
  }
  // Never used, a bank has no release: its only row is the first.
  if (route === 'stats' && hasRows(answer, 'stats')) {
    return {...answer, stats: answer.stats.filter(([name = '']) => !banks.includes(name))}
  }
  return answer
}

/** BioMAJ turns the step back in its session, and leaves it `over` in the status. */
function withFailedStep({log}: Observation) {
  return (answer: unknown, route: string): unknown => {
    const bank = /^bank\/(\w+)\/status$/.exec(route)?.[1]
    const failed = log[bank ?? '']?.map(line => /^Error during (\w+) subtask/.exec(line)?.[1]).find(Boolean)
    if (failed === undefined || !hasStatus(answer)) return answer
    const process = answer.status.process.map(row => (row[0] === failed ? [failed, 'error'] : row))
    return {...answer, status: {...answer.status, process}}
  }
}

function hasStatus(answer: unknown): answer is {status: {process: string[][]}} {
  return hasRows(answer, 'status')
}
