import {readFile} from 'node:fs/promises'
import path from 'node:path'
import {startSampleServer, type SampleServer} from './sample-server.js'
import {writeWhole} from './site-files.js'

/**
 * Serves the sample data, at the port of the last time if it is free, so that properties of banks rarely change.
 */
export async function startSamples({
  directory,
  dataDirectory,
}: {
  directory: string
  dataDirectory: string
}): Promise<SampleServer> {
  const last = await lastSamplePort(dataDirectory)
  const server = await startSampleServer({directory, preferredPort: last})
  if (server.port !== last) await writeWhole(portFile(dataDirectory), `${server.port}\n`)
  return server
}

/** Port at which the sample data is, or was last, served; 0 before the first time. */
export async function lastSamplePort(dataDirectory: string): Promise<number> {
  try {
    const text = (await readFile(portFile(dataDirectory), 'utf8')).trim()
    return /^\d{1,5}$/.test(text) && Number(text) < 65_536 ? Number(text) : 0
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return 0
    throw error
  }
}

function portFile(dataDirectory: string): string {
  return path.join(dataDirectory, 'samples.port')
}
