import path from 'node:path'
import {BiomajError} from '../../shared/errors.js'
import type {Runtime} from '../runtime.js'

/** A running cluster, as its note tells. */
export interface RunningInstance {
  pid: number
  url: string
  port: number
  name: string
  startedAt: string
  dataDirectory: string
  memory: boolean
  detached: boolean
  logFile: string
}

/**
 * The cluster that is meant: that of `--data` or BIOMAJ_CLUSTER_DATA; else the only one that runs; else that of the
 * default folder.
 *
 * @throws {BiomajError} `usage` when several run and none of them is in the default folder
 */
export function chooseInstance<Found extends RunningInstance>(
  running: readonly Found[],
  {data, defaultDataDirectory, runtime}: {data: string | undefined; defaultDataDirectory: string; runtime: Runtime},
): Found | undefined {
  const given = data ?? (runtime.env['BIOMAJ_CLUSTER_DATA'] || undefined)
  if (given !== undefined) return at(running, path.resolve(runtime.cwd, given))
  if (running.length <= 1) return running[0]
  const usual = at(running, defaultDataDirectory)
  if (usual !== undefined) return usual
  throw new BiomajError({
    code: 'usage',
    message: `${running.length} clusters run on this machine`,
    hint: `Say which with --data DIR: ${running.map(({dataDirectory}) => dataDirectory).join(', ')}.`,
  })
}

function at<Found extends RunningInstance>(running: readonly Found[], dataDirectory: string): Found | undefined {
  return running.find(instance => instance.dataDirectory === dataDirectory)
}
