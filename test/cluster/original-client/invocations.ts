import type {BankDefinition} from '../../support/real-cluster/banks.js'
import {bank, fails, succeeds} from '../../support/real-cluster/banks.js'

/** One call of `biomaj-cli.py`; `--proxy` is added. */
export interface Invocation {
  argv: readonly string[]
  /** Whose key is sent; null for none. Default `jane`. */
  as?: string | null
}

export const banksOf = (folder: string): readonly BankDefinition[] => {
  const source = {protocol: 'local', directory: folder} as const
  return [
    bank('alu', {source, processes: [succeeds()], keepOldVersions: 3}),
    bank('broken', {source, processes: [fails()]}),
    bank('secret', {source, visibility: 'private'}),
    bank('plain', {source}),
    bank('refused', {source, properties: {protocol: 'gopher'}}),
  ]
}

const call = (line: string, more: Omit<Invocation, 'argv'> = {}): Invocation => ({argv: line.split(' '), ...more})
/** In both forms that the client knows. */
const both = (line: string, more: Omit<Invocation, 'argv'> = {}): Invocation[] => [
  call(line, more),
  call(`${line} --json`, more),
]

/** Every action of the client's help, on a cluster whose banks are `banksOf`, in an order that makes sense. */
export const invocations: readonly Invocation[] = [
  call('--help'),
  ...both('--status'),
  ...both('--whatsup'),
  ...both('--check --bank alu'),
  ...both('--check --bank refused'),
  ...both('--check --bank absent'),
  call('--check'),
  ...both('--show --bank alu'),
  ...both('--update-status --bank alu'),
  call('--last-log --bank alu'),
  call('--last-log'),
  ...both('--about-me --user-login jane --user-password jane-secret'),
  ...both('--about-me --user-login jane --user-password wrong'),
  call('--about-me'),
  call('--update --bank alu', {as: null}),
  call('--update --bank absent'),
  call('--update --bank refused'),
  call('--update'),
  ...both('--update --bank alu'),
  ...both('--status --bank alu'),
  ...both('--update-status --bank alu'),
  ...both('--show --bank alu'),
  ...both('--show --bank alu --release 2021-3-5'),
  ...both('--show --bank alu --release 1999'),
  call('--publish --bank alu --release 1999'),
  ...both('--publish --bank alu --release 2021-3-5'),
  call('--status --bank alu'),
  ...both('--unpublish --bank alu'),
  call('--publish --bank alu'),
  call('--publish'),
  ...both('--freeze --bank alu --release 2021-3-5'),
  call('--freeze --bank alu'),
  call('--status --bank alu'),
  ...both('--unfreeze --bank alu --release 2021-3-5'),
  ...both('--search --formats fasta'),
  ...both('--search --types nucleic'),
  ...both('--search --formats fasta --types protein'),
  call('--search'),
  call('--update --bank alu --from-scratch --log DEBUG'),
  call('--update --bank alu -z --publish --trace'),
  call('--status --bank alu'),
  call('--update --bank alu --from-task postprocess --release 2021-3-5 --process index'),
  call('--update --bank plain --stop-before postprocess'),
  ...both('--status --bank plain'),
  call('--update --bank plain --stop-after download'),
  call('--remove-pending --bank plain'),
  call('--status --bank plain'),
  ...both('--update --bank broken'),
  ...both('--status-ko'),
  call('--update-status --bank broken'),
  ...both('--remove --bank alu --release 2021-3-5__1'),
  call('--remove --bank alu'),
  call('--status --bank alu'),
  ...both('--update-cancel --bank absent'),
  call('--owner joe --bank plain'),
  ...both('--owner jane --bank plain', {as: 'joe'}),
  call('--owner joe --bank alu', {as: 'joe'}),
  call('--visibility private --bank plain'),
  call('--visibility nonsense --bank plain'),
  call('--visibility public --bank plain'),
  call('--status', {as: null}),
  call('--status', {as: 'joe'}),
  call('--status --bank secret', {as: 'joe'}),
  ...both('--maintenance status'),
  call('--maintenance on'),
  call('--maintenance on', {as: 'admin'}),
  call('--maintenance status'),
  call('--maintenance off', {as: 'admin'}),
  call('--maintenance nonsense'),
  ...both('--stats'),
  ...both('--history'),
  ...both('--history --history-limit 2'),
  ...both('--data-list'),
  call('--data-import --bank alu'),
  call('--data-import'),
  call('--schedule'),
  call('--change-dbname renamed --bank plain'),
  call('--change-dbname plain --bank renamed'),
  call('--move-production-directories <moved> --bank alu'),
  call('--move-production-directories /nowhere/at/all --bank alu'),
  call('--freeze --bank alu --release 2021-3-5'),
  call('--remove-all --bank alu'),
  call('--remove-all --bank alu --force'),
  ...both('--status'),
  call('--bank alu'),
  call('--repair --bank alu'),
]
