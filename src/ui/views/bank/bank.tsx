import {bankScreen} from '../../../presentation/bank-status.js'
import {line, type Line} from '../../../presentation/text.js'
import {useDashboard} from '../../dashboard-context.js'
import {bankSource} from '../../data/sources.js'
import {blockLines} from '../../kit/block-lines.js'
import {Rows} from '../../kit/rows.js'
import {useSource} from '../../kit/use-source.js'
import type {ViewProps} from '../view.js'

/** One bank: what it has, what it does, what it did last. */
export function Bank({bank: name, width, height}: ViewProps & {bank: string}) {
  const {painter, host} = useDashboard()
  const {bank} = useSource(bankSource(name))
  const lines: readonly Line[] =
    bank.value === undefined
      ? [line({text: bank.error ? `? ${bank.error.message}` : '… reading', tone: bank.error ? 'worry' : 'calm'})]
      : blockLines(bankScreen(bank.value, {now: host.date(), relative: true}), width)
  return <Rows rows={lines.map(content => painter.row(content, width))} height={height} />
}
