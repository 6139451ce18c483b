import {CommandHelp, Config, Help} from '@oclif/core'
import type {Io} from './io.js'
import type {Runtime} from './runtime.js'

export interface HelpOptions {
  /** Folder of package.json and oclif.manifest.json. */
  root: string
  runtime: Runtime
  io: Io
  /** Words of the command or topic; none for the root. */
  subject: string[]
}

export async function showHelp({root, runtime, io, subject}: HelpOptions): Promise<void> {
  await new HelpPage(await Config.load({root}), runtime, io).showHelp(subject)
}

/** Examples come before the flags: most readers want a line to copy. */
class ExamplesFirst extends CommandHelp {
  protected override sections(): ReturnType<CommandHelp['sections']> {
    const sections = super.sections()
    const examples = sections.filter(({header}) => header === 'EXAMPLES')
    const [usage, ...rest] = sections.filter(({header}) => header !== 'EXAMPLES')
    return usage === undefined ? examples : [usage, ...examples, ...rest]
  }
}

/** oclif's help, written to the Runtime's stdout. */
class HelpPage extends Help {
  protected override CommandHelpClass: typeof CommandHelp = ExamplesFirst
  readonly #runtime: Runtime

  constructor(config: Config, runtime: Runtime, io: Io) {
    super(config, {stripAnsi: io.paint('red', '') === '', maxWidth: Math.min(io.columns, 100)})
    this.#runtime = runtime
  }

  protected override log(...lines: string[]): void {
    this.#runtime.stdout.write(`${lines.join('\n')}\n`)
  }
}
