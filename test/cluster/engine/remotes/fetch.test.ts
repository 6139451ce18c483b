import {mkdtemp, readFile, rm, stat} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {fetchFiles, listRemote, remotesOf} from '../../../../src/cluster/engine/remotes/index.js'
import type {RemoteSource} from '../../../../src/cluster/engine/ports.js'
import {startHttpUpstream, startLocalUpstream} from '../../../support/upstream/index.js'
import {propertiesOf} from './properties.js'

let folder: string
const signal = new AbortController().signal

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'biomaj-fetch-'))
})
afterEach(async () => await rm(folder, {recursive: true, force: true}))

describe.each([
  ['local', startLocalUpstream],
  ['http', startHttpUpstream],
] as const)('%s', (_name, start) => {
  it('lists, matches and fetches a bank', async () => {
    const upstream = await start()
    try {
      await upstream.put('/data/alu.n', 'ACGT', new Date(2024, 4, 6, 12))
      await upstream.put('/data/sub/alu.a', 'MKV', new Date(2024, 4, 7, 12))
      const {protocol, server, directory} = upstream.source('/data') as Record<string, string>
      const properties = propertiesOf({
        protocol: protocol ?? '',
        ...(server ? {server} : {}),
        'remote.dir': directory ?? '',
        'remote.files': '^alu sub/alu',
      })
      const [source] = remotesOf(properties) as [RemoteSource]
      const files = await listRemote({source, properties, signal})
      expect(files.map(({name, saveAs, size, date}) => ({name, saveAs, size, date}))).toEqual([
        {name: 'alu.n', saveAs: 'alu.n', size: 4, date: {year: 2024, month: 5, day: 6}},
        {name: '/sub/alu.a', saveAs: 'sub/alu.a', size: 3, date: {year: 2024, month: 5, day: 7}},
      ])
      const seen: number[] = []
      const result = await fetchFiles(
        {bank: 'alu', session: 1, remote: source, files, targetDirectory: folder},
        {properties, signal, onProgress: ({bytesDone}) => seen.push(bytesDone)},
      )
      expect(result.files.map(({size}) => size)).toEqual([4, 3])
      expect(await readFile(path.join(folder, 'sub/alu.a'), 'utf8')).toBe('MKV')
      expect((await stat(path.join(folder, 'alu.n'))).mtime.getDate()).toBe(6)
      expect(seen.at(-1)).toBe(7)
    } finally {
      await upstream.stop()
    }
  })
})
