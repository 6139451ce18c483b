import {namedBanks} from '../cli/banks-argument.js'
import {ClusterCommand} from '../cli/cluster-command.js'
import {errorJson, type ErrorJson} from '../cli/error-report.js'
import {exitCodeOfAll, exitCodes} from '../cli/exit-codes.js'
import {bankFlags} from '../cli/flags.js'
import {headLines, indented, nameWidth} from '../cli/updates/result-lines.js'
import {type Cancellation, cancelUpdates} from '../operations/cancel-updates.js'
import {sanitise} from '../shared/sanitise.js'

export interface CancelResult {
  cancellations: Array<{
    bank: string
    requested: boolean
    /** Whether the update ran or only waited when the cancel was sent. */
    situation: 'queued' | 'running' | null
    /** The bank's next update may end at once, too: the cancel met a process. */
    mayRemain: boolean
    error: ErrorJson | null
    exitCode: number
  }>
}

export default class Cancel extends ClusterCommand<typeof Cancel, CancelResult> {
  static override summary = 'Cancel updates that run or are queued'
  static override description =
    'The cluster stops an update after its current action (a download or process runs to its end), and a queued one when its turn comes. ' +
    'Nothing is sent for an idle bank: the cluster would keep the cancel and end the next run of the bank with it.'
  static override strict = false
  static override usage = 'cancel --bank NAME [--bank NAME ...]'
  static override examples = ['<%= config.bin %> cancel --bank alu']
  static override flags = {...bankFlags}

  async run(): Promise<CancelResult> {
    const banks = namedBanks(this.flags.bank, this.words)
    const cancellations = await cancelUpdates(await this.cluster(), banks, {
      signal: this.signal,
      clock: this.runtime.clock,
    })
    this.io.show({
      human: () => {
        const width = nameWidth(cancellations)
        return cancellations.flatMap(cancellation => this.#lines(cancellation, width)).join('\n')
      },
      ids: () => cancellations.filter(({state}) => state === 'requested').map(({bank}) => bank),
    })
    const results = cancellations.map(cancellation => toJson(cancellation))
    this.exitWith(exitCodeOfAll(results))
    return {cancellations: results}
  }

  #lines(cancellation: Cancellation, width: number): string[] {
    const {bank} = cancellation
    if (cancellation.state === 'refused') {
      const {message, hint} = errorJson(cancellation.error)
      const mark = {symbol: '✗', word: 'not cancelled', tone: 'bad'} as const
      const head = headLines(this.io, {bank, mark, facts: '', reason: message}, width)
      return hint === undefined ? head : [...head, ...indented(this.io, hint)]
    }
    const {situation, mayRemain} = cancellation
    const mark = {symbol: '■', word: 'cancel requested', tone: 'worry'} as const
    const reason = situation === 'running' ? 'it stops after its current action' : 'it ends when its turn comes'
    const kept = 'It runs processes: BioMAJ then keeps the cancel, and the next update of the bank ends at once too.'
    return [
      ...headLines(this.io, {bank, mark, facts: '', reason}, width),
      ...(mayRemain ? indented(this.io, kept) : []),
      ...indented(this.io, `See how it ends: biomaj wait --bank ${sanitise(bank)}`),
    ]
  }
}

function toJson(cancellation: Cancellation): CancelResult['cancellations'][number] {
  const {bank, state} = cancellation
  return state === 'requested'
    ? {
        bank,
        requested: true,
        situation: cancellation.situation,
        mayRemain: cancellation.mayRemain,
        error: null,
        exitCode: 0,
      }
    : {
        bank,
        requested: false,
        situation: null,
        mayRemain: false,
        error: errorJson(cancellation.error),
        exitCode: exitCodes[cancellation.error.code],
      }
}
