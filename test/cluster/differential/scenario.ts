import type {Failure} from '../../support/upstream/types.ts'

/** What an upstream file holds: text, or one of `test/fixtures/differential/archives`. */
export type Content = string | {archive: string}

/**
 * A bank's properties. `<server>` stands for the upstream server, `<upstream>` for its folder (of a local one),
 * `<root>` for the cluster's folder. Keys that `defaults` gives may be taken away with null.
 */
export type Properties = Readonly<Record<string, string | null>>

export interface UpdateOptions {
  publish?: boolean
  fromscratch?: boolean
  stop_before?: string
  stop_after?: string
  from_task?: string
  process?: string
  release?: string
}

/** One thing that happens. After those that the cluster is asked for, everything that can be seen is looked at. */
export type Action =
  | {do: 'put'; file: string; content: Content; date: string}
  | {do: 'take away'; file: string}
  | {do: 'fail'; file: string; failure: Failure}
  | {do: 'heal'; file: string}
  | {do: 'write'; file: string; content: string}
  | {do: 'delete'; file: string}
  | {do: 'change properties'; bank: string; properties: Properties}
  | {do: 'update'; bank: string; options?: UpdateOptions}
  | {do: 'remove'; bank: string; release: string}
  | {do: 'remove all'; bank: string; force?: boolean}
  | {do: 'remove pending'; bank: string}
  | {do: 'repair'; bank: string; release?: string}
  | {do: 'publish'; bank: string; release?: string}
  | {do: 'unpublish'; bank: string}
  | {do: 'freeze' | 'unfreeze'; bank: string; release: string}
  | {do: 'check'; bank: string}

export interface Scenario {
  /** Says the situation; the recording is named after it. */
  name: string
  upstream: 'local' | 'http' | 'ftp'
  /** More lines of `global.properties`. */
  global?: Readonly<Record<string, string>>
  banks: Readonly<Record<string, Properties>>
  /** Files of `process.dir` that can be executed. */
  scripts?: Readonly<Record<string, string>>
  actions: readonly Action[]
  /** Names of deviations (`deviations.ts`) that show in it, beside those that show everywhere. */
  deviations?: readonly string[]
  /** What still differs and must not: the comparison is then expected to fail, and fails when it does not. */
  todo?: string
}

/** What a bank has unless its scenario says otherwise. */
export const defaults: Properties = {
  'db.fullname': 'A bank',
  'db.type': 'nucleic',
  'db.formats': '',
  'remote.files': String.raw`^.*\.n$`,
  'local.files': String.raw`^.*\.n$`,
  'no.extract': 'true',
  'options.names': 'stop_condition,wait_policy,skip_check_uncompress',
  'options.stop_condition': 'stop_after_attempt(1)',
  'options.wait_policy': 'wait_fixed(0)',
  'options.skip_check_uncompress': 'true',
  'keep.old.version': '1',
  'visibility.default': 'public',
  auto_publish: '0',
}

/** The words of an action in reports and recordings. */
export function label(action: Action): string {
  const {do: verb, ...rest} = action
  const details = Object.values(rest).filter(value => typeof value === 'string' || typeof value === 'boolean')
  const options = 'options' in action && action.options !== undefined ? [JSON.stringify(action.options)] : []
  return [verb, ...(verb === 'put' || verb === 'write' ? details.slice(0, 1) : details), ...options].join(' ')
}
