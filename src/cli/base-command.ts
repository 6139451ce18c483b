import {Command, type Config, type Interfaces} from '@oclif/core'
import {baseFlags} from './flags.js'
import {Io} from './io.js'
import type {Runtime} from './runtime.js'

/** The statics of a command class from which the types of its flags and arguments follow. */
export type CommandSpec = Pick<typeof Command, 'flags' | 'args' | 'baseFlags'>

type CommandFlags<T extends CommandSpec> = Interfaces.InferredFlags<T['baseFlags'] & T['flags']>
type CommandArgs<T extends CommandSpec> = Interfaces.InferredArgs<T['args']>

/** What a command run amounts to: its document and its exit status. */
export interface Outcome {
  exitCode: number
}

/**
 * Every command. Parses once, owns the Io, and returns its result always: the result is the JSON document.
 * Errors are not handled here but in `main.ts`, the same in human and JSON mode.
 */
export abstract class BaseCommand<T extends CommandSpec, Result extends object> extends Command {
  static override enableJsonFlag = true
  static override baseFlags = baseFlags

  protected readonly runtime: Runtime
  protected io!: Io
  protected flags!: CommandFlags<T>
  protected args!: CommandArgs<T>
  /** Arguments as they were given; for commands that take any number of them. */
  protected words: readonly string[] = []
  #exitCode = 0
  #streamed = false

  constructor(argv: string[], config: Config, runtime: Runtime) {
    super(argv, config)
    this.runtime = runtime
  }

  abstract override run(): Promise<Result>

  /** Parses, runs, prints the document in JSON mode. Throws what the command throws. */
  async execute(): Promise<Outcome> {
    const {args, argv, flags} = await this.parse({
      flags: this.ctor.flags,
      baseFlags: this.ctor.baseFlags,
      enableJsonFlag: this.ctor.enableJsonFlag,
      args: givenOnly(this.ctor.args),
      strict: this.ctor.strict,
    })
    this.flags = flags as CommandFlags<T>
    this.args = args as CommandArgs<T>
    this.words = argv.map(String)
    this.io = new Io(this.runtime, {
      json: this.jsonEnabled(),
      quiet: flags['quiet'] === true,
      debug: flags['debug'] === true,
      noColor: flags['no-color'] === true,
      noInput: flags['no-input'] === true,
    })
    const result = await this.run()
    if (this.jsonEnabled() && !this.#streamed) this.io.json(result)
    return {exitCode: this.#exitCode}
  }

  /** For commands whose JSON form is a stream of lines, written already: no document follows. */
  protected jsonStreamed(): void {
    this.#streamed = true
  }

  /** The command did its work and its result is shown, but a script must see that all is not well. */
  protected exitWith(exitCode: number): void {
    this.#exitCode = exitCode
  }

  protected get signal(): AbortSignal {
    return this.runtime.signal
  }
}

/**
 * Arguments that oclif does not take from standard input when they are missing: it would take a password for a URL,
 * show it in the error about it, and eat the input of the loop in which a script calls biomaj.
 */
function givenOnly(args: Interfaces.ArgInput): Interfaces.ArgInput {
  return Object.fromEntries(Object.entries(args).map(([name, arg]) => [name, {...arg, ignoreStdin: true}]))
}
