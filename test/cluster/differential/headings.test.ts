import {readFileSync} from 'node:fs'
import {describe, expect, it} from 'vitest'
import {wireDeviations} from '../daemon/support/wire-deviations.ts'
import {textDeviations} from '../original-client/deviations.ts'
import {deviations} from './deviations.ts'

/** Sections that only hold others. */
const groups = ['Wire']

/** Differences that no side by side can show, each with the file and the name of the test that does. */
const shownByTests: Readonly<Record<string, readonly [file: string, test: string]>> = {
  'A run goes on where it was when its worker dies': ['cluster/crash/crash.test.ts', 'lose nothing in'],
  'Archives stay within their release': ['cluster/engine/archives/hostile.test.ts', 'refuses a zip archive with %s'],
  'Processes end with their run': ['cluster/workers/run-process.test.ts', 'kills a whole tree when it is cancelled'],
  'Processes run on this machine': [
    'cluster/engine/processes/run-plan.test.ts',
    'refuses processes for containers and batch systems',
  ],
  'The output of a process has an end': [
    'cluster/workers/run-process.test.ts',
    'stops a process that writes without end',
  ],
  'Passwords stay with the cluster': [
    'cluster/engine/processes/bank-environment.test.ts',
    'are those of BioMAJ but for passwords',
  ],
  'A release whose name a shell would obey runs no process': [
    'cluster/engine/processes/run-plan.test.ts',
    'runs no shell for a release whose name is a command',
  ],
  'All usual kinds of archives are extracted': ['cluster/engine/archives/extract.test.ts', "'bzip2', 'xz'"],
  'A release is whole though all of its files were there before': [
    'cluster/engine/workflow/resume.test.ts',
    'makes a whole release though all files were gathered before',
  ],
  'Patterns have bounds': [
    'cluster/engine/patterns/python-regex.test.ts',
    '%s is given up on a name that does not match',
  ],
  'Properties cannot lead out of the data directory': [
    'cluster/workers/bad-input.test.ts',
    'when its properties lead out of the data directory',
  ],
  'A release is on the disk before it is listed': [
    'cluster/engine/workflow/durability.test.ts',
    'is on the disk before the store says',
  ],
  'A transfer that stalls is given up': [
    'cluster/engine/remotes/http-transfers.test.ts',
    'gives up a server that stalls, before the answer and within it',
  ],
  'Whoever may not change a bank is told so': ['cluster/daemon/rights.test.ts', 'the owner and an administrator may'],
  'Private banks stay private': ['cluster/daemon/privacy.test.ts', 'is exposed to its owner alone'],
  'Cancelling an idle bank is refused': ['cluster/daemon/requests.test.ts', 'is cancelled while it waits'],
  'Routes that fail in BioMAJ work': ['cluster/daemon/robustness.test.ts', 'are what biomaj-cli.py prints'],
  'Maintenance refuses at once': ['cluster/daemon/requests.test.ts', 'is refused in maintenance, whatever it is'],
  'Other services in the status': ['cluster/daemon/additions.test.ts', 'counts services as up, partly up and down'],
  'Nobody can push metrics': ['cluster/daemon/rights.test.ts', 'only administrators end maintenance and push metrics'],
}

const documented = readFileSync(new URL('../../../docs/compatibility.md', import.meta.url), 'utf8')
  .split('\n')
  .flatMap(line => /^#{2,3} (.*)$/.exec(line)?.[1] ?? [])

describe('docs/compatibility.md', () => {
  it('has a heading for every difference, and none that nothing shows', () => {
    const shown = [...deviations, ...textDeviations, ...wireDeviations].map(({heading}) => heading)
    const expected = new Set([...shown, ...Object.keys(shownByTests), ...groups])
    expect(documented.toSorted()).toEqual([...expected].toSorted())
  })

  it.for(Object.entries(shownByTests))('"%s" has its test', ([, [file, test]]) => {
    expect(readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')).toContain(test)
  })
})
