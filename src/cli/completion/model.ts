import type {Config} from '@oclif/core'

/** What a shell has to know of a command to complete it. */
export interface CompletedCommand {
  /** `context use` */
  words: string
  summary: string
  flags: CompletedFlag[]
  /** What its arguments are. */
  argument: Values
}

export interface CompletedFlag {
  name: string
  char: string | undefined
  summary: string
  /** Undefined for a flag without a value. */
  value: Values | undefined
}

/** `contexts` and `banks` are asked of biomaj when they are needed; a list is fixed. */
export type Values = 'contexts' | 'banks' | 'files' | 'anything' | readonly string[]

export interface CompletionModel {
  bin: string
  commands: CompletedCommand[]
  /** First words that have commands below them, with their summary. */
  topics: ReadonlyArray<{words: string; summary: string}>
}

type Loadable = Config['commands'][number]

/** The visible commands of oclif's configuration, in the order of their names. */
export function completionModel(config: Config): CompletionModel {
  const commands = config.commands
    .filter(({hidden}) => !hidden)
    .map(command => ({
      words: command.id.replaceAll(':', ' '),
      summary: oneLine(command.summary ?? command.description),
      flags: flagsOf(command),
      argument: argumentOf(command),
    }))
    .toSorted((a, b) => (a.words < b.words ? -1 : 1))
  const topics = [
    ...new Set(commands.filter(({words}) => words.includes(' ')).map(({words}) => words.split(' ')[0] ?? '')),
  ]
  return {
    bin: config.bin,
    commands,
    topics: topics.map(words => ({words, summary: oneLine(config.findTopic(words)?.description)})),
  }
}

function flagsOf(command: Loadable): CompletedFlag[] {
  const flags = Object.values(command.flags)
    .filter(({hidden}) => hidden !== true)
    .map(flag => ({
      name: flag.name,
      char: flag.char,
      summary: oneLine(flag.summary ?? flag.description),
      value: flag.type === 'boolean' ? undefined : valuesOf(flag.name, flag.options, command),
    }))
  return [...flags, {name: 'help', char: 'h', summary: 'Show the help of this command.', value: undefined}].toSorted(
    (a, b) => (a.name < b.name ? -1 : 1),
  )
}

function valuesOf(flag: string, options: readonly string[] | undefined, command: Loadable): Values {
  if (options !== undefined && options.length > 0) return options
  if (flag === 'bank') return 'banks'
  // The context that a login makes has a new name, as a rule.
  if (flag === 'context' && command.id !== 'login') return 'contexts'
  return flag.endsWith('-file') ? 'files' : 'anything'
}

function argumentOf({id, args, flags}: Loadable): Values {
  const [argument] = Object.values(args)
  if (argument?.options !== undefined && argument.options.length > 0) return argument.options
  if (id.startsWith('context:') && argument) return 'contexts'
  if (argument?.name === 'bank' || 'bank' in flags) return 'banks'
  return 'anything'
}

function oneLine(text: string | undefined): string {
  return (text ?? '').split('\n')[0]?.replaceAll(/\s+/g, ' ').trim() ?? ''
}
