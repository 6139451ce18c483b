import {createHash} from 'node:crypto'
import {lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {fileURLToPath} from 'node:url'
import {afterEach, describe, expect, it} from 'vitest'
import {seed, type SeedName} from '../../../src/cluster/lifecycle/seed.js'
import {openDatabase} from '../../../src/cluster/store/database/open-database.js'
import {openSqliteStore} from '../../../src/cluster/store/sqlite-store.js'

const sampleDirectory = fileURLToPath(new URL('../../../assets', import.meta.url))
const folders: string[] = []

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, {recursive: true, force: true})
})

interface Sown {
  names: string[]
  banks: unknown[]
  history: unknown[]
  files: Record<string, string>
}

/** All that a cluster begins with, without the folder that it is in. */
async function sown(name: SeedName | undefined, {details = true} = {}): Promise<Sown> {
  const dataDirectory = mkdtempSync(path.join(tmpdir(), 'biomaj-seed-'))
  folders.push(dataDirectory)
  const at = (folder: string): string => {
    mkdirSync(path.join(dataDirectory, folder))
    return path.join(dataDirectory, folder)
  }
  const [confDirectory, dataDir, logDir] = [at('conf'), at('banks'), at('log')]
  const database = openDatabase({file: path.join(dataDirectory, 'cluster.sqlite')})
  const store = openSqliteStore(database)
  try {
    await seed(name, store, {
      database,
      confDirectory,
      dataDir,
      logDir,
      dataDirectory,
      sampleServer: '127.0.0.1:40000',
      sampleDirectory,
      owner: 'ada',
    })
    const names = (await store.banks.list()).map(bank => bank.name)
    const anywhere = (value: unknown): unknown =>
      JSON.parse(JSON.stringify(value).replaceAll(dataDirectory, '/site')) as unknown
    const banks = details ? await Promise.all(names.map(async bank => anywhere(await store.banks.get(bank)))) : []
    const history = details ? (anywhere(await store.history.list({limit: 1000})) as unknown[]) : []
    return {names, banks, history, files: filesBelow(dataDirectory)}
  } finally {
    await store.close()
    database.close()
  }
}

function filesBelow(folder: string): Record<string, string> {
  const names = readdirSync(folder, {recursive: true, encoding: 'utf8'}).filter(
    name => !name.startsWith('cluster.sqlite') && !lstatSync(path.join(folder, name)).isDirectory(),
  )
  return Object.fromEntries(
    names.toSorted().map(name => {
      const file = path.join(folder, name)
      const text = lstatSync(file).isSymbolicLink() ? readlinkSync(file) : readFileSync(file, 'latin1')
      return [name, createHash('sha256').update(text.replaceAll(folder, '/site'), 'latin1').digest('hex')]
    }),
  )
}

describe('what a new cluster begins with', () => {
  it.each(['demo', 'broken', undefined] as const)('is the same every time: %s', async name => {
    const first = await sown(name)
    expect(first.banks).not.toEqual([])
    expect(Object.keys(first.files)).not.toEqual([])
    expect(await sown(name)).toEqual(first)
  })

  it('is the bank of the sample data, twelve banks, ten thousand, or none', async () => {
    expect((await sown(undefined)).names).toEqual(['alu'])
    expect((await sown('demo')).names).toHaveLength(12)
    expect((await sown('huge', {details: false})).names).toHaveLength(10_000)
    expect(await sown('none')).toEqual({names: [], banks: [], history: [], files: {}})
  })
})
