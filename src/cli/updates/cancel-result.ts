import type {Cancellation} from '../../operations/cancel-updates.js'
import {cancelMark, cancelOutlook} from '../../presentation/updates.js'
import {sanitise} from '../../shared/sanitise.js'
import {errorJson, type ErrorJson} from '../error-report.js'
import {exitCodeOfAll, exitCodes} from '../exit-codes.js'
import type {Io} from '../io.js'
import {headLines, indented, nameWidth} from './result-lines.js'

/** What `cancel --json` prints of one bank. */
export interface CancellationJson {
  bank: string
  requested: boolean
  /** Whether the update ran or only waited when the cancel was sent. */
  situation: 'queued' | 'running' | null
  /** The bank's next update may end at once, too: the cancel met a process. */
  mayRemain: boolean
  error: ErrorJson | null
  exitCode: number
}

export interface CancelResult {
  cancellations: CancellationJson[]
}

/** Shows what became of each cancel. Gives the document and the exit status. */
export function showCancellations(
  io: Io,
  cancellations: readonly Cancellation[],
): {document: CancelResult; exitCode: number} {
  const results = cancellations.map(cancellation => toJson(cancellation))
  const width = nameWidth(cancellations)
  io.show({
    human: () => cancellations.flatMap(cancellation => linesOf(io, cancellation, width)).join('\n'),
    ids: () => results.filter(({requested}) => requested).map(({bank}) => bank),
  })
  return {document: {cancellations: results}, exitCode: exitCodeOfAll(results)}
}

function linesOf(io: Io, cancellation: Cancellation, width: number): string[] {
  const {bank} = cancellation
  if (cancellation.state === 'refused') {
    const {message, hint} = errorJson(cancellation.error)
    const mark = {symbol: '✗', word: 'not cancelled', tone: 'bad'} as const
    const head = headLines(io, {bank, mark, facts: '', reason: message}, width)
    return hint === undefined ? head : [...head, ...indented(io, hint)]
  }
  const {situation, mayRemain} = cancellation
  const kept = 'It runs processes: BioMAJ then keeps the cancel, and the next update of the bank ends at once too.'
  return [
    ...headLines(io, {bank, mark: cancelMark, facts: '', reason: cancelOutlook(situation)}, width),
    ...(mayRemain ? indented(io, kept) : []),
    ...indented(io, `See how it ends: biomaj wait --bank ${sanitise(bank)}`),
  ]
}

function toJson(cancellation: Cancellation): CancellationJson {
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
