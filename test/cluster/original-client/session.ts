import {mkdir, mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import path from 'node:path'
import type {TestCluster} from '../../support/embedded-cluster/index.js'
import {startLocalUpstream} from '../../support/upstream/index.js'
import {evenOut} from '../differential/even-out.js'
import {startOriginalClient} from './client.js'
import {banksOf, invocations} from './invocations.js'

export interface Said {
  call: string
  said: string
}

/** Flags after which there is work in the queue. */
const works = new Set(['--update', '--remove', '--remove-all', '--remove-pending'])

/** Makes all calls, one after the other, and waits after each until the cluster is idle again. */
export async function playClient(cluster: TestCluster, settle: () => Promise<void>): Promise<Said[]> {
  const upstream = await startLocalUpstream()
  const home = await mkdtemp(path.join(tmpdir(), 'biomaj-client-'))
  const client = startOriginalClient(home)
  try {
    await upstream.put('/files/alu.n', '>alu\nACGT\n', new Date('2021-03-05T10:20:00Z'))
    const source = upstream.source('/files')
    if (source.protocol !== 'local') throw new Error('The upstream is a folder')
    for (const definition of banksOf(source.directory)) await cluster.addBank(definition, 'jane')
    const moved = path.join(cluster.root, 'moved')
    await mkdir(moved)
    const all: Said[] = []
    for (const {argv, as = 'jane'} of invocations) {
      const given = argv.map(word => word.replaceAll('<moved>', moved))
      const key = as === null ? [] : ['--api-key', cluster.user(as).apiKey]
      const said = await client.say(['--proxy', cluster.url, ...key, ...given])
      if (argv.some(word => works.has(word))) await settle()
      all.push({call: `${argv.join(' ')}${as === 'jane' ? '' : ` (as ${as ?? 'nobody'})`}`, said})
    }
    const even = evenOut(all, {root: cluster.root, upstream: source.directory})
    return even.map(({call, said}) => ({call, said: plain(said.replaceAll(cluster.url, '<cluster>'))}))
  } finally {
    await client.stop()
    await upstream.stop()
    await rm(home, {recursive: true, force: true})
  }
}

/** Tables are as wide as what is in them, and paths are not of one length. Log lines begin with their time. */
function plain(text: string): string {
  return text
    .replaceAll(/-{2,}/g, '--')
    .replaceAll(/={2,}/g, '==')
    .replaceAll(/ {2,}/g, ' ')
    .replaceAll(/ +$/gm, '')
    .replaceAll(/(<time>),\d{3}/g, '$1')
    .replaceAll(/<root>\/[\w./-]*\/site-packages[^"\s]*/g, '<module>')
    .replaceAll(/127\.\d+\.\d+\.\d+(?::\d+)?/g, '<address>')
    .replaceAll(/\[MainThread\]|\[Dummy-\d+\]|\[Thread-\d+[^\]]*\]/g, '[thread]')
    .trimEnd()
}
