import type {Config} from '@oclif/core'
import {BiomajError} from '../shared/errors.js'
import type {CommandSpec, Outcome} from './base-command.js'
import {type FailedCommand, reportError} from './error-report.js'
import {Io} from './io.js'
import {nearestOf} from '../shared/nearest.js'
import type {Runtime} from './runtime.js'

type RunnableCommand = (new (
  argv: string[],
  config: Config,
  runtime: Runtime,
) => {execute(): Promise<Outcome>}) &
  CommandSpec

/** What the command line needs of the program around it. */
export interface Program {
  /** Folder of package.json and oclif.manifest.json. */
  root: string
  version: string
  /** Ids of all commands that are not hidden: `context:list`. */
  commandIds: readonly string[]
  loadCommand(id: string): Promise<RunnableCommand>
}

/**
 * Finds the command, runs it, and turns whatever happens into an exit status. Stands in for oclif's own `run`, which
 * discovers plugins at every start; oclif's configuration is loaded for help and completion only.
 */
export async function main(argv: readonly string[], program: Program, runtime: Runtime): Promise<number> {
  const beforeDashes = argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv
  const has = (...flags: string[]) => beforeDashes.some(word => flags.includes(word))
  const io = new Io(runtime, {
    json: has('--json'),
    quiet: false,
    debug: has('--debug'),
    noColor: has('--no-color'),
    noInput: false,
  })
  let command: FailedCommand | undefined
  try {
    const words = leadingWords(beforeDashes)
    const subject = words[0] === 'help' ? words.slice(1) : words
    const id = longestId(program, subject)
    const isTopic = subject.length > 0 && topicDepth(program, subject) === subject.length
    const wantsHelp = argv.length === 0 || words[0] === 'help' || has('--help', '-h')
    if (wantsHelp || (id === undefined && isTopic)) {
      if (id === undefined && !isTopic && subject.length > 0) throw unknownCommand(program, subject)
      const {showHelp} = await import('./help.js')
      await showHelp({root: program.root, runtime, io, subject: id?.split(':') ?? subject})
      return 0
    }
    if (id === undefined) throw unknownCommand(program, subject)
    const CommandClass = await program.loadCommand(id)
    command = {id, flags: {...CommandClass.baseFlags, ...CommandClass.flags}}
    const {exitCode} = await new CommandClass(argv.slice(id.split(':').length), lightConfig(program), runtime).execute()
    return exitCode
  } catch (error) {
    return reportError(error, io, command)
  }
}

/** The part of oclif's configuration that a running command uses; the whole of it costs 15 ms to load. */
function lightConfig({root, version}: Program): Config {
  const config = {bin: 'biomaj', root, version, runHook: async () => ({successes: [], failures: []})}
  return config as unknown as Config
}

/** The words before the first flag: a command's name, and perhaps arguments. */
function leadingWords(argv: readonly string[]): string[] {
  const firstFlag = argv.findIndex(word => word.startsWith('-'))
  return firstFlag === -1 ? [...argv] : argv.slice(0, firstFlag)
}

/** The command with the longest name that the words begin with. */
function longestId({commandIds}: Program, words: readonly string[]): string | undefined {
  for (let length = words.length; length > 0; length--) {
    const id = words.slice(0, length).join(':')
    if (commandIds.includes(id)) return id
  }
  return undefined
}

/** How many of the words name a topic: two of `cluster bank chekc`. */
function topicDepth({commandIds}: Program, words: readonly string[]): number {
  const other = words.findIndex((_, index) => {
    const topic = words.slice(0, index + 1).join(':')
    return !commandIds.some(id => id.startsWith(`${topic}:`))
  })
  return other === -1 ? words.length : other
}

function unknownCommand(program: Program, words: readonly string[]): BiomajError {
  const [first] = words
  if (first === undefined) {
    return new BiomajError({code: 'usage', message: 'A command comes first', hint: 'See `biomaj --help`.'})
  }
  // The word behind a topic may be the one that is wrong: compare with as many words as the name has.
  const typed = words.slice(0, topicDepth(program, words) + 1).join(' ')
  const nearest = nearestOf(
    typed,
    program.commandIds.map(id => id.replaceAll(':', ' ')),
  )
  return new BiomajError({
    code: 'usage',
    message: `There is no command "${typed}"`,
    hint: nearest === undefined ? 'See `biomaj --help` for all commands.' : `Did you mean \`biomaj ${nearest}\`?`,
  })
}
