import {Config} from '@oclif/core'
import {BiomajError} from '../shared/errors.js'
import type {BaseCommand} from './base-command.js'
import {type FailedCommand, reportError} from './error-report.js'
import {HelpPage} from './help.js'
import {Io} from './io.js'
import {nearestOf} from './nearest.js'
import type {Runtime} from './runtime.js'

type RunnableCommand = new (argv: string[], config: Config, runtime: Runtime) => BaseCommand<never, object>

/**
 * Finds the command, runs it, and turns whatever happens into an exit status. Does what oclif's own `run` does,
 * without its second load of the configuration, and with our Runtime and error report.
 *
 * @param root folder of package.json and oclif.manifest.json
 */
export async function main(argv: readonly string[], root: string, runtime: Runtime): Promise<number> {
  const beforeDashes = argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv
  const io = new Io(runtime, {
    json: beforeDashes.includes('--json'),
    quiet: false,
    debug: beforeDashes.includes('--debug'),
    noColor: beforeDashes.includes('--no-color'),
    noInput: false,
  })
  let command: FailedCommand | undefined
  try {
    const config = await Config.load({root})
    const words = leadingWords(beforeDashes)
    if (words[0] === 'help' || beforeDashes.includes('--help') || beforeDashes.includes('-h') || argv.length === 0) {
      const subject = words[0] === 'help' ? words.slice(1) : words
      const known =
        findCommand(config, subject)?.id.split(':') ?? (config.findTopic(subject[0] ?? '') ? [subject[0] ?? ''] : [])
      if (known.length === 0 && subject[0] !== undefined) throw unknownCommand(config, subject)
      await new HelpPage(config, runtime, io).showHelp(known)
      return 0
    }
    const found = findCommand(config, words)
    if (!found) {
      if (words.length !== 1 || !config.findTopic(words[0] ?? '')) throw unknownCommand(config, words)
      await new HelpPage(config, runtime, io).showHelp(words)
      return 0
    }
    const CommandClass = (await found.load()) as unknown as RunnableCommand
    command = found
    const {exitCode} = await new CommandClass(argv.slice(found.id.split(':').length), config, runtime).execute()
    return exitCode
  } catch (error) {
    return reportError(error, io, runtime.stderr, command)
  }
}

/** The words before the first flag: a command's name, and perhaps arguments. */
function leadingWords(argv: readonly string[]): string[] {
  const firstFlag = argv.findIndex(word => word.startsWith('-'))
  return firstFlag === -1 ? [...argv] : argv.slice(0, firstFlag)
}

/** The command with the longest name that the words begin with. */
function findCommand(config: Config, words: readonly string[]) {
  for (let length = words.length; length > 0; length--) {
    const command = config.findCommand(words.slice(0, length).join(':'))
    if (command) return command
  }
  return undefined
}

function unknownCommand(config: Config, words: readonly string[]): BiomajError {
  if (words[0] === undefined) {
    return new BiomajError({code: 'usage', message: 'A command comes first', hint: 'See `biomaj --help`.'})
  }
  const names = config.commands.filter(({hidden}) => !hidden).map(({id}) => id.replaceAll(':', ' '))
  // A topic's second word may be the one that is wrong: compare with as many words as the name has.
  const typed = config.findTopic(words[0]) ? words.slice(0, 2).join(' ') : words[0]
  const nearest = nearestOf(typed, names)
  return new BiomajError({
    code: 'usage',
    message: `There is no command "${typed}"`,
    hint: nearest ? `Did you mean \`biomaj ${nearest}\`?` : 'See `biomaj --help` for all commands.',
  })
}
