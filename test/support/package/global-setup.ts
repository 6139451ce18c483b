import {once} from 'node:events'
import {mkdtemp, rm} from 'node:fs/promises'
import {createServer} from 'node:http'
import {tmpdir} from 'node:os'
import path from 'node:path'
import type {TestProject} from 'vitest/node'
import {packAndInstall} from './install.js'
import type {Installation} from './install.js'

declare module 'vitest' {
  interface ProvidedContext {
    /** Socket at which a test worker asks for the installed package. */
    packageSocket: string
  }
}

/**
 * Test files run in processes of their own and most need no package. So this process packs and installs when the
 * first of them asks, once for the whole run, and takes everything away at the end.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(path.join(tmpdir(), 'biomaj-package-'))
  const socket = path.join(folder, 'socket')
  let installation: Promise<Installation> | undefined
  const server = createServer((_, response) => {
    void (async () => {
      try {
        installation ??= packAndInstall(folder)
        response.end(JSON.stringify(await installation))
      } catch (error) {
        response.writeHead(500).end(error instanceof Error ? error.message : String(error))
      }
    })()
  })
  server.listen(socket)
  await once(server, 'listening')
  project.provide('packageSocket', socket)
  return async () => {
    server.closeAllConnections()
    server.close()
    await rm(folder, {recursive: true, force: true})
  }
}
