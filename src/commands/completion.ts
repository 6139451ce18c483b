import {Args, Config} from '@oclif/core'
import {BaseCommand} from '../cli/base-command.js'
import {bashScript} from '../cli/completion/bash.js'
import {fishScript} from '../cli/completion/fish.js'
import {completionModel} from '../cli/completion/model.js'
import {zshScript} from '../cli/completion/zsh.js'

const scripts = {bash: bashScript, zsh: zshScript, fish: fishScript} as const
const shells = ['bash', 'zsh', 'fish'] as const

export interface CompletionResult {
  shell: (typeof shells)[number]
  script: string
}

export default class Completion extends BaseCommand<typeof Completion, CompletionResult> {
  static override summary = 'Print the script that completes biomaj in your shell'
  static override description =
    'It completes commands, flags, names of contexts, and names of banks as the cluster has them.'
  static override examples = [
    {description: 'bash: add to ~/.bashrc', command: 'source <(<%= config.bin %> completion bash)'},
    {description: 'zsh: add to ~/.zshrc, after compinit', command: 'source <(<%= config.bin %> completion zsh)'},
    {description: 'fish: add to ~/.config/fish/config.fish', command: '<%= config.bin %> completion fish | source'},
  ]
  static override args = {
    shell: Args.option({name: 'SHELL', description: 'Your shell.', options: shells})({required: true}),
  }

  async run(): Promise<CompletionResult> {
    const {shell} = this.args
    const config = await Config.load({root: this.config.root})
    const script = scripts[shell](completionModel(config))
    this.io.show({human: () => script.trimEnd(), ids: () => script.trimEnd().split('\n')})
    return {shell, script}
  }
}
