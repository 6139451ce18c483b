import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {createInterface} from 'node:readline'
import {fileURLToPath} from 'node:url'
import {bank} from '../../test/support/real-cluster/banks.ts'
import type {BankDefinition} from '../../test/support/real-cluster/banks.ts'

export interface FileServerOptions {
  /** What each folder holds: so many files of one size. */
  folders: Readonly<Record<string, {files: number; bytes: number}>>
  /** Of one connection; as fast as it goes without. */
  bytesPerSecond?: number
}

export interface FileServer {
  /** A bank whose files are those of a folder. */
  bank(name: string, options: {folder: string; properties?: Readonly<Record<string, string>>}): BankDefinition
  /** Milliseconds of the epoch at which a folder was first asked for. */
  firstAskedMs(folder: string): Promise<number | undefined>
  stop(): Promise<void>
}

const program = fileURLToPath(new URL('programs/file-server.ts', import.meta.url))

/** Starts the server of the files, in a process of its own that ends with this one. */
export async function startFileServer(options: FileServerOptions): Promise<FileServer> {
  const child = spawn(process.execPath, [program, JSON.stringify(options)], {stdio: ['pipe', 'pipe', 'inherit']})
  const exited = once(child, 'exit')
  const port = await new Promise<string>((resolve, reject) => {
    createInterface(child.stdout).once('line', resolve)
    child.once('exit', code => reject(new Error(`The file server did not start (exit ${String(code)})`)))
  })
  const server = `127.0.0.1:${port}`
  return {
    bank: (name, {folder, properties = {}}) =>
      bank(name, {source: {protocol: 'http', server, directory: `/${folder}/`}, properties}),
    firstAskedMs: async folder => {
      const response = await fetch(`http://${server}/-/`)
      return ((await response.json()) as Record<string, number>)[folder]
    },
    stop: async () => {
      child.stdin.end()
      await exited
    },
  }
}
