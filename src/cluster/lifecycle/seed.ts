import {readFile} from 'node:fs/promises'
import path from 'node:path'
import {promisify} from 'node:util'
import {gunzip} from 'node:zlib'
import {BiomajError} from '../../shared/errors.js'
import type {Database} from '../store/database/open-database.js'
import {openSqliteStore} from '../store/sqlite-store.js'
import type {StoreTables} from '../store/sqlite/tables.js'
import type {Store} from '../store/store.js'
import {bankOfStory} from './seeds/bank-of-story.js'
import {brokenStories} from './seeds/broken.js'
import {demoStories} from './seeds/demo.js'
import {hugeStories} from './seeds/huge.js'
import type {Story} from './seeds/story.js'
import {type StorySite, writeStory} from './seeds/story-files.js'

export type SeedName = 'none' | 'demo' | 'broken' | 'huge'

export interface SeedSite {
  database: Database
  confDirectory: string
  /** `data.dir` and `log.dir`. */
  dataDir: string
  logDir: string
  dataDirectory: string
  /** Where the sample data is served, and its folder. */
  sampleServer: string
  sampleDirectory: string
  owner: string
}

/** The bank of the sample data alone: what a cluster begins with of which nothing else is said. */
const usual: readonly Story[] = demoStories.filter(({name}) => name === 'alu')

/**
 * Gives a new cluster its first banks. The same name gives the same banks, always.
 *
 * @throws {BiomajError} `refused` when the cluster has banks already
 */
export async function seed(name: SeedName | undefined, store: Store, site: SeedSite): Promise<void> {
  if ((await store.banks.list()).length > 0) {
    throw new BiomajError({
      code: 'refused',
      message: `The cluster has banks already: it cannot begin with "${name}"`,
      hint: 'Start afresh with `biomaj cluster reset`, or in another folder with --data.',
    })
  }
  if (name === 'none') return
  if (name === 'huge') return fill(site, {stories: hugeStories(), files: undefined})
  const stories = name === undefined ? usual : name === 'demo' ? demoStories : brokenStories
  await fill(site, {stories, files: await storySite(site)})
}

async function fill(
  {database, owner, dataDir, logDir}: SeedSite,
  {stories, files}: {stories: Iterable<Story>; files: StorySite | undefined},
): Promise<void> {
  // Not one of these writes is worth waiting for the disk: whoever finds half of them starts afresh.
  const store = openSqliteStore({
    ...database,
    write: (sql, work) => database.write(sql, work, {durable: false}),
  })
  const rows: HistoryRows = []
  try {
    for (const story of stories) {
      const {bank, history} = bankOfStory(story, {owner, dataDir, logDir})
      if (files !== undefined) await writeStory(story, bank, files)
      await store.banks.insert(bank)
      rows.push(...history)
    }
  } finally {
    await store.close()
  }
  await addHistory(
    database,
    rows.toSorted((one, other) => one.startMs - other.startMs),
  )
}

type HistoryRows = ReturnType<typeof bankOfStory>['history']

/** All rows in one transaction: through the store, each would be one of its own. */
async function addHistory(database: Database, rows: HistoryRows): Promise<void> {
  const atOnce = 500
  await database.write(database.tables<StoreTables>('store'), async sql => {
    for (let first = 0; first < rows.length; first += atOnce) {
      const values = rows.slice(first, first + atOnce).map(row => ({
        bank: row.bank,
        action: row.action,
        start_ms: row.startMs,
        end_ms: row.endMs,
        updated: row.updated === null ? null : Number(row.updated),
        error: Number(row.error),
        cancelled: Number(row.cancelled),
        reason: row.reason,
        job: row.job,
      }))
      await sql.insertInto('history').values(values).execute()
    }
  })
}

async function storySite({
  confDirectory,
  dataDir,
  dataDirectory,
  sampleServer,
  sampleDirectory,
}: SeedSite): Promise<StorySite> {
  const packed = await readFile(path.join(sampleDirectory, 'alu', 'alu.n.gz'))
  return {
    confDirectory,
    dataDir,
    sampleServer,
    sourcesDirectory: path.join(dataDirectory, 'sources'),
    sequences: await promisify(gunzip)(packed),
  }
}
