import {renameSync, statSync} from 'node:fs'
import {type Logger, pino} from 'pino'

/** When a cluster starts, a longer log is put aside as `cluster.log.1`. */
const longestBytes = 16 * 1024 ** 2

export interface ClusterLog {
  log: Logger
  close(): void
}

/** The cluster's own log: one JSON object a line. Banks have logs of their own below `log.dir`. */
export function openClusterLog(file: string, level: string): ClusterLog {
  putAside(file)
  const destination = pino.destination({dest: file, sync: false, append: true, mode: 0o600})
  const log = pino({level, base: null, timestamp: pino.stdTimeFunctions.isoTime}, destination)
  return {
    log,
    close: () => {
      destination.flushSync()
      destination.end()
    },
  }
}

function putAside(file: string): void {
  try {
    if (statSync(file).size > longestBytes) renameSync(file, `${file}.1`)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
  }
}
