import type {BankSummary} from '../api/contract/bank.js'
import type {Column} from './columns.js'
import {serverTimeCell} from './times.js'

export const bankColumns: ReadonlyArray<Column<BankSummary>> = [
  {title: 'BANK', cell: bank => bank.name},
  {title: 'TYPES', cell: bank => bank.types.join(',') || '-'},
  {title: 'PUBLISHED', cell: bank => bank.publishedRelease ?? '-'},
  {title: 'VISIBILITY', cell: bank => bank.visibility},
  {title: 'LAST UPDATE (SERVER TIME)', cell: bank => serverTimeCell(bank.lastUpdate)},
]
