import {type ChildProcess, spawn} from 'node:child_process'
import {once} from 'node:events'
import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises'
import {connect, createServer} from 'node:net'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'

export interface RsyncUpstream {
  /** The folder that the daemon serves as module `data`. */
  folder: string
  server: string
  port: number
  stop(): Promise<void>
}

/** An rsync daemon on loopback; with a password when one is given, for the user `alice`. */
export async function startRsyncUpstream(password?: string): Promise<RsyncUpstream> {
  const root = await mkdtemp(path.join(tmpdir(), 'biomaj-rsync-'))
  const folder = path.join(root, 'data')
  await mkdir(folder)
  const port = await freePort()
  const secrets = path.join(root, 'secrets')
  await writeFile(secrets, `alice:${password ?? ''}\n`, {mode: 0o600})
  const config = path.join(root, 'rsyncd.conf')
  const lines = [
    'use chroot = no',
    `pid file = ${root}/pid`,
    '[data]',
    `path = ${folder}`,
    'read only = yes',
    ...(process.getuid?.() === 0 ? ['uid = root', 'gid = root'] : []),
    ...(password === undefined ? [] : ['auth users = alice', `secrets file = ${secrets}`]),
  ]
  await writeFile(config, `${lines.join('\n')}\n`)
  const args = ['--daemon', '--no-detach', `--config=${config}`, `--port=${port}`, '--address=127.0.0.1']
  const child: ChildProcess = spawn('rsync', args, {stdio: 'ignore'})
  await listening(port, child)
  return {
    folder,
    server: `127.0.0.1:${port}`,
    port,
    async stop() {
      const ended = once(child, 'exit')
      child.kill()
      await ended
      await rm(root, {recursive: true, force: true})
    },
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

async function listening(port: number, child: ChildProcess): Promise<void> {
  while (child.exitCode === null) {
    const socket = connect(port, '127.0.0.1')
    try {
      await once(socket, 'connect')
      return
    } catch {
      // Not yet.
      await sleep(20)
    } finally {
      socket.destroy()
    }
  }
  throw new Error('rsync did not start')
}
