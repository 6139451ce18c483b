import {Args, Flags} from '@oclif/core'
import {BaseCommand} from '../../../cli/base-command.js'
import {systemUser} from '../../../cli/cluster/local-context.js'
import {absolute} from '../../../cli/cluster/site-directory.js'
import {siteFlags} from '../../../cli/cluster/site-flags.js'
import {userNotFound} from '../../../cli/cluster/user-not-found.js'
import {withSite} from '../../../cli/cluster/with-site.js'
import {BiomajError} from '../../../shared/errors.js'

export interface BankAddResult {
  bank: string
  owner: string
  /** Its properties file, absolute. */
  file: string
}

export default class BankAdd extends BaseCommand<typeof BankAdd, BankAddResult> {
  static override summary = 'Add a bank to a cluster on this machine'
  static override description =
    'From a template (`cluster bank templates` lists them) or from a properties file of your own, which is copied. ' +
    'The bank belongs to you, or to --owner.'
  static override examples = [
    '<%= config.bin %> cluster bank add alu --template alu',
    '<%= config.bin %> cluster bank add mine --file ./mine.properties --owner jane',
  ]
  static override args = {bank: Args.string({name: 'BANK', description: 'Name of the bank.', required: true})}
  static override flags = {
    ...siteFlags,
    template: Flags.string({
      summary: 'Template to begin with; by default that of the name of the bank.',
      helpValue: 'NAME',
    }),
    file: Flags.string({summary: 'Properties file to begin with.', helpValue: 'FILE', exclusive: ['template']}),
    owner: Flags.string({summary: 'Id of the user whose bank it is; by default you.', helpValue: 'USER'}),
  }

  async run(): Promise<BankAddResult> {
    const {bank} = this.args
    const {template = bank, file: given, owner = systemUser()} = this.flags
    const lifecycle = await import('../../../cluster/lifecycle/index.js')
    if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(bank)) {
      throw new BiomajError({
        code: 'usage',
        message: `"${bank}" cannot be the name of a bank`,
        hint: 'Use letters, digits, dots, dashes and underscores, starting with a letter or digit.',
      })
    }
    const {file, global} = await withSite(
      lifecycle,
      {flags: this.flags, runtime: this.runtime},
      async (site, settings) => {
        if (this.flags.owner !== undefined && (await site.accounts.get(owner)) === undefined) throw userNotFound(owner)
        const source = {
          name: bank,
          owner,
          template,
          file: given === undefined ? undefined : absolute(given, this.runtime),
        }
        return {file: await lifecycle.addBankFrom(source, site, settings), global: settings.globalProperties}
      },
    )
    await this.#tellMistakes(file, global)
    this.io.show({
      human: () =>
        `${this.io.paint('green', '✓')} ${this.io.paint('bold', bank)} is a bank of ${owner} now.\n  Its properties: ${file}\n` +
        `  Update it with \`biomaj update --bank ${bank} --wait\`.`,
      ids: () => [bank],
    })
    return {bank, owner, file}
  }

  /** The file may be mended where it is now, so mistakes keep no bank out; but no update would run with them. */
  async #tellMistakes(file: string, global: string): Promise<void> {
    const {checkBankFiles} = await import('../../../cluster/engine/properties/check/check-bank.js')
    const {env, cwd, platform} = this.runtime
    const [checked] = await checkBankFiles([file], {global, env, cwd, platform})
    if (checked === undefined || checked.valid) return
    const mistakes = checked.findings.filter(({severity}) => severity === 'error')
    for (const {key, line, message} of mistakes) {
      const place = [line === null ? [] : `line ${line}`, key ?? []].flat().join(', ')
      this.io.warn(place === '' ? message : `${place}: ${message}`)
    }
    this.io.warn(
      `No update will run before ${file} is corrected: see \`biomaj cluster bank check ${file} --global ${global}\``,
    )
  }
}
