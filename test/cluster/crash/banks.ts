import {createHash} from 'node:crypto'
import {readFile} from 'node:fs/promises'
import {bank} from '../../support/real-cluster/banks.js'
import type {BankDefinition} from '../../support/real-cluster/banks.js'
import type {HttpUpstream} from '../../support/upstream/index.js'

const archive = new URL('../../fixtures/differential/archives/seq.tar.gz', import.meta.url)
const filesOfFolder = 12

/** Files of a release below its `flat`, with their hashes. */
export type Files = ReadonlyMap<string, string>

/** Two banks, of which one has many files and one is extracted and then worked on. */
export function crashBanks(upstream: HttpUpstream): BankDefinition[] {
  const common = {publish: true, keepOldVersions: 1, download: {attempts: 3, waitSeconds: 0}}
  return [
    bank('folder', {...common, source: upstream.source('/folder')}),
    bank('packed', {
      ...common,
      source: upstream.source('/packed'),
      remoteFiles: String.raw`^.*\.tar\.gz$ ^.*\.n$`,
      // Long enough to be met, and ended with its whole group.
      processes: [
        {name: 'index', script: 'sleep 0.1 & wait; echo made > "$datadir/$dirversion/$localrelease/index.txt"'},
      ],
      properties: {'no.extract': 'false', 'local.files': '**/*'},
    }),
  ]
}

/** Puts the release of a day into place. Gives what is to be found in the release of each bank. */
export async function putRelease(upstream: HttpUpstream, day: Date): Promise<Readonly<Record<string, Files>>> {
  const folder = new Map<string, string>()
  for (let index = 0; index < filesOfFolder; index += 1) {
    const content = `>file ${index} of ${day.toISOString()}\n${'ACGT'.repeat(500 * (index + 1))}\n`
    await upstream.put(`/folder/part${index}.n`, content, day)
    folder.set(`part${index}.n`, sha256(content))
  }
  const note = `>note of ${day.toISOString()}\n`
  await upstream.put('/packed/note.n', note, day)
  await upstream.put('/packed/seq.tar.gz', await readFile(archive), day)
  const packed = new Map([
    ['note.n', sha256(note)],
    ['seq/a.fa', sha256('>a\nACGT\n')],
    ['seq/sub/b.fa', sha256('>b\nTTTT\n')],
    ['top.fa', sha256('>top\nGG\n')],
  ])
  return {folder, packed}
}

/** As BioMAJ names the release of a day. */
export function releaseOf(day: Date): string {
  return `${day.getUTCFullYear()}-${day.getUTCMonth() + 1}-${day.getUTCDate()}`
}

export function sha256(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex')
}
