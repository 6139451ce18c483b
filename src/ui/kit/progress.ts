import type {Transfer} from '../../api/contract/job.js'
import {sizeCell} from '../../presentation/sizes.js'
import {count} from '../../presentation/text.js'

/** `45 of 120 files, 1.2 GB of 3.4 GB`. */
export function progressWords({filesDone, filesTotal, bytesDone, bytesTotal}: Transfer): string {
  const files = `${filesDone} of ${count(filesTotal, 'file')}`
  const bytes = bytesTotal === null ? sizeCell(bytesDone) : `${sizeCell(bytesDone)} of ${sizeCell(bytesTotal)}`
  return `${files}, ${bytes}`
}

/** Share of the whole that is done, 0 to 1: of the bytes where their number is known, else of the files. */
function shareDone({filesDone, filesTotal, bytesDone, bytesTotal}: Transfer): number {
  const [done, total] = bytesTotal === null || bytesTotal === 0 ? [filesDone, filesTotal] : [bytesDone, bytesTotal]
  return total === 0 ? 0 : Math.min(1, Math.max(0, done / total))
}

export function percentDone(transfer: Transfer): string {
  return `${Math.floor(shareDone(transfer) * 100)} %`
}

/** `━━━━────── 38 %`. */
export function progressBar(transfer: Transfer, width: number): string {
  const done = Math.floor(shareDone(transfer) * width)
  return `${'━'.repeat(done)}${'─'.repeat(width - done)} ${percentDone(transfer)}`
}
