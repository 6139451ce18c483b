import {Args, Flags} from '@oclif/core'
import {BaseCommand} from '../../../cli/base-command.js'
import {renderBlocks} from '../../../cli/terminal/blocks.js'
import {type CheckFinding, checkScreen, errorsOf} from '../../../presentation/bank-check.js'

export interface BankCheckResult {
  /** The global file that was taken into account. */
  global: string | null
  files: Array<{
    file: string
    bank: string
    valid: boolean
    errors: number
    warnings: number
    findings: CheckFinding[]
  }>
  exitCode: number
}

export default class BankCheck extends BaseCommand<typeof BankCheck, BankCheckResult> {
  static override summary = "Check banks' properties files without a cluster"
  static override description =
    'Errors are what BioMAJ refuses; warnings what it ignores or misreads, and what an embedded cluster does not do. Without a global file, what such a file usually ' +
    'sets, such as data.dir, is not missed. Exits with 1 if a file is invalid.'
  static override usage = 'cluster bank check FILE [FILE ...] [--global FILE]'
  static override examples = [
    '<%= config.bin %> cluster bank check alu.properties --global global.properties',
    {
      description: 'All banks, where warnings count too',
      command: '<%= config.bin %> cluster bank check conf/*.properties --strict',
    },
    {
      description: 'Files that BioMAJ would refuse',
      command: '<%= config.bin %> cluster bank check *.properties --quiet',
    },
  ]
  static override args = {
    file: Args.string({name: 'FILE', description: 'Properties file of a bank.', multiple: true, required: true}),
  }
  static override flags = {
    global: Flags.string({summary: "The cluster's global.properties (BIOMAJ_CONF).", helpValue: 'FILE'}),
    environment: Flags.boolean({summary: 'Let variables BIOMAJ_X_Y_Z replace keys x.y.z, as a daemon would.'}),
    strict: Flags.boolean({summary: 'Exit with 1 for warnings, too.'}),
  }

  async run(): Promise<BankCheckResult> {
    const {env, cwd, platform} = this.runtime
    const {strict} = this.flags
    const global = this.flags.global ?? (env['BIOMAJ_CONF'] || undefined)
    const {checkBankFiles} = await import('../../../cluster/engine/properties/check/check-bank.js')
    const checked = await checkBankFiles(this.args.file, {
      global,
      env: this.flags.environment ? env : undefined,
      cwd,
      platform,
    })
    const failed = checked.filter(({valid, findings}) => !valid || (strict && findings.length > 0))
    const exitCode = failed.length > 0 ? 1 : 0
    this.io.show({
      human: () => renderBlocks(this.io, checkScreen(checked)),
      ids: () => failed.map(({file}) => file),
    })
    if (global === undefined) {
      this.io.note(
        'Checked without a global file: give it with --global to check folders, mail and references as well.',
      )
    }
    this.exitWith(exitCode)
    return {global: global ?? null, files: checked.map(file => withCounts(file)), exitCode}
  }
}

function withCounts<Checked extends Parameters<typeof errorsOf>[0]>({findings, ...file}: Checked) {
  const errors = errorsOf({...file, findings})
  return {...file, errors, warnings: findings.length - errors, findings: [...findings]}
}
