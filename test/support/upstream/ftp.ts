import {spawn, spawnSync} from 'node:child_process'
import {once} from 'node:events'
import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {createInterface} from 'node:readline'
import {fileURLToPath} from 'node:url'
import {writeDated} from './local.ts'
import type {Failure, Upstream} from './types.ts'

const python = '/usr/bin/python3'
const serverScript = fileURLToPath(new URL('ftp_server.py', import.meta.url))

/** Whether Debian's python3-pyftpdlib is installed. */
export function ftpUpstreamAvailable(): boolean {
  return spawnSync(python, ['-c', 'import pyftpdlib']).status === 0
}

/** Anonymous FTP on loopback. */
export async function startFtpUpstream(): Promise<Upstream> {
  const root = await mkdtemp(path.join(tmpdir(), 'biomaj-ftp-'))
  const files = path.join(root, 'files')
  const failuresFile = path.join(root, 'failures.json')
  const failures = new Map<string, Failure>()
  const saveFailures = async () => await writeFile(failuresFile, JSON.stringify(Object.fromEntries(failures)))
  await mkdir(files)
  await saveFailures()
  const child = spawn(python, [serverScript, files, failuresFile], {stdio: ['pipe', 'pipe', 'inherit']})
  const [port] = (await once(createInterface(child.stdout), 'line')) as [string]

  return {
    source: directory => ({protocol: 'ftp', server: `127.0.0.1:${port}`, directory}),
    put: async (file, content, modified = new Date()) => await writeDated(path.join(files, file), content, modified),
    remove: async file => await rm(path.join(files, file)),
    async fail(file, failure) {
      failures.set(file, failure)
      await saveFailures()
    },
    async heal(file) {
      failures.delete(file)
      await saveFailures()
    },
    async stop() {
      const exited = once(child, 'exit')
      child.stdin.end()
      await exited
      await rm(root, {recursive: true, force: true})
    },
  }
}
