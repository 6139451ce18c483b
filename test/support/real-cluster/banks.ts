/** Where a bank's files come from, in BioMAJ's words. The upstream servers of `test/support/upstream` hand these out. */
export type BankSource =
  | {protocol: 'local'; directory: string}
  | {protocol: 'http' | 'ftp'; server: string; directory: string}

export interface BankProcess {
  name: string
  /** Body of a POSIX shell script; it sees BioMAJ's variables, such as `$localrelease` and `$processdir`. */
  script: string
  when?: 'pre' | 'post' | 'remove'
}

export interface BankOptions {
  source: BankSource
  fullName?: string
  type?: string
  /** `remote.files`: regular expressions, separated by spaces. */
  remoteFiles?: string
  /** Default: the date of the newest file, as BioMAJ writes it (not zero padded). */
  release?: {file: string; regexp: string}
  processes?: readonly BankProcess[]
  keepOldVersions?: number
  visibility?: 'public' | 'private'
  publish?: boolean
  /** Attempts per file and seconds between them. BioMAJ's own default is 3 and 3, which makes each failure last 6 s. */
  download?: {attempts: number; waitSeconds: number}
  /** Last word: added to, or instead of, what the options above give. */
  properties?: Readonly<Record<string, string>>
}

export interface BankDefinition {
  name: string
  properties: Readonly<Record<string, string>>
  processes: readonly BankProcess[]
}

/** A complete properties file for the bank, without defects that BioMAJ's `check` would find. */
export function bank(name: string, options: BankOptions): BankDefinition {
  const processes = options.processes ?? []
  const {attempts, waitSeconds} = options.download ?? {attempts: 1, waitSeconds: 0}
  return {
    name,
    processes,
    properties: {
      'db.name': name,
      'db.fullname': options.fullName ?? `Test bank ${name}`,
      'db.type': options.type ?? 'nucleic',
      'db.formats': '',
      'offline.dir.name': `offline/${name}`,
      'dir.version': name,
      ...sourceProperties(options.source),
      'remote.files': options.remoteFiles ?? '^.*\\.n$',
      'local.files': '^.*\\.n$',
      'no.extract': 'true',
      'options.names': 'stop_condition,wait_policy,skip_check_uncompress',
      'options.stop_condition': `stop_after_attempt(${attempts})`,
      'options.wait_policy': `wait_fixed(${waitSeconds})`,
      'options.skip_check_uncompress': 'true',
      'keep.old.version': String(options.keepOldVersions ?? 1),
      'visibility.default': options.visibility ?? 'public',
      auto_publish: options.publish === true ? '1' : '0',
      ...(options.release === undefined
        ? {}
        : {'release.file': options.release.file, 'release.regexp': options.release.regexp}),
      ...processProperties(processes),
      ...options.properties,
    },
  }
}

/** The text of `<name>.properties`. BioMAJ reads it with Python's configparser: `%` is doubled. */
export function propertiesFile(definition: BankDefinition): string {
  const lines = Object.entries(definition.properties).map(([key, value]) => `${key}=${value.replaceAll('%', '%%')}`)
  return ['[GENERAL]', ...lines, ''].join('\n')
}

/** Succeeds and declares one FASTA file, in the way BioMAJ reads metadata from a process. */
export const succeeds = (name = 'index'): BankProcess => ({
  name,
  script: "echo '##BIOMAJ#fasta#nucleic#organism:human#alu.n'",
})

export const fails = (name = 'index', exitCode = 3): BankProcess => ({
  name,
  script: `echo 'no space left for the index' >&2\nexit ${exitCode}`,
})

export const takes = (seconds: number, name = 'index'): BankProcess => ({name, script: `sleep ${seconds}`})

/** Runs until the test calls `openGate(gate)` on the cluster, or the cluster's folder is gone. */
export const waitsForGate = (gate: string, name = 'index'): BankProcess => ({
  name,
  script: `while [ -d "$processdir" ] && [ ! -e "$processdir/${gateFile(gate)}" ]; do sleep 0.05; done`,
})

export function gateFile(gate: string): string {
  return `${gate}.gate`
}

/** The file in `process.dir` that holds a process's script. */
export function scriptFile(bankName: string, process: BankProcess): string {
  return `${bankName}-${process.name}.sh`
}

function sourceProperties(source: BankSource): Record<string, string> {
  // BioMAJ's check lets a local bank pass without a server, and its download step then fails on the missing name.
  const server = source.protocol === 'local' ? 'localhost' : source.server
  return {protocol: source.protocol, server, 'remote.dir': withSlash(source.directory)}
}

function withSlash(directory: string): string {
  return directory.endsWith('/') ? directory : `${directory}/`
}

function processProperties(processes: readonly BankProcess[]): Record<string, string> {
  const properties: Record<string, string> = {}
  const namesOf = (when: NonNullable<BankProcess['when']>) =>
    processes.filter(process => (process.when ?? 'post') === when).map(process => process.name)
  const [pre, post, remove] = [namesOf('pre'), namesOf('post'), namesOf('remove')]
  if (pre.length > 0) Object.assign(properties, {'db.pre.process': 'BEFORE', BEFORE: pre.join(',')})
  if (post.length > 0) {
    Object.assign(properties, {BLOCKS: 'BLOCK1', 'BLOCK1.db.post.process': 'AFTER', AFTER: post.join(',')})
  }
  if (remove.length > 0) Object.assign(properties, {'db.remove.process': 'AWAY', AWAY: remove.join(',')})
  for (const {name} of processes) {
    Object.assign(properties, {
      [`${name}.name`]: name,
      [`${name}.desc`]: name,
      [`${name}.type`]: 'index',
      [`${name}.args`]: '',
    })
  }
  return properties
}
