import {mkdir, mkdtemp, rm, utimes, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import path from 'node:path'
import type {Upstream} from './types.ts'

/** A folder for banks with `protocol=local`. A file in it cannot be made to fail, only removed. */
export async function startLocalUpstream(): Promise<Omit<Upstream, 'fail' | 'heal'>> {
  const root = await mkdtemp(path.join(tmpdir(), 'biomaj-upstream-'))
  return {
    source: directory => ({protocol: 'local', directory: path.join(root, directory)}),
    put: async (file, content, modified = new Date()) => await writeDated(path.join(root, file), content, modified),
    remove: async file => await rm(path.join(root, file)),
    stop: async () => await rm(root, {recursive: true, force: true}),
  }
}

export async function writeDated(file: string, content: string | Buffer, modified: Date): Promise<void> {
  await mkdir(path.dirname(file), {recursive: true})
  await writeFile(file, content)
  await utimes(file, modified, modified)
}
