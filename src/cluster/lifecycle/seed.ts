import {readFile} from 'node:fs/promises'
import path from 'node:path'
import {promisify} from 'node:util'
import {gunzip} from 'node:zlib'
import {BiomajError} from '../../shared/errors.js'
import type {Database} from '../store/database/open-database.js'
import {newRow} from '../store/sqlite/sqlite-banks.js'
import {historyColumns} from '../store/sqlite/sqlite-history.js'
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
  const told = Array.from(stories, story => ({story, ...bankOfStory(story, {owner, dataDir, logDir})}))
  if (files !== undefined) for (const {story, bank} of told) await writeStory(story, bank, files)
  const history = told.flatMap(one => one.history).toSorted((one, other) => one.startMs - other.startMs)
  // One transaction: through the store each bank and each row would be one of its own, and ten thousand take long.
  await database.write(database.tables<StoreTables>('store'), async sql => {
    for (const banks of chunks(told)) {
      const {value} = await sql
        .updateTable('counters')
        .set(eb => ({value: eb('value', '+', banks.length)}))
        .where('name', '=', 'banks')
        .returning('value')
        .executeTakeFirstOrThrow()
      const rows = banks.map(({bank}, index) => newRow(bank, value - banks.length + index + 1))
      await sql.insertInto('banks').values(rows).execute()
    }
    for (const rows of chunks(history))
      await sql
        .insertInto('history')
        .values(rows.map(row => historyColumns(row)))
        .execute()
  })
}

function* chunks<Item>(items: readonly Item[]): Generator<readonly Item[]> {
  const atOnce = 500
  for (let first = 0; first < items.length; first += atOnce) yield items.slice(first, first + atOnce)
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
