import {startFileServer} from '../file-server.ts'
import type {FileServer} from '../file-server.ts'
import {startOurs} from '../ours.ts'
import type {Bench, Part} from '../part.ts'

const megabyte = 1_000_000
const rateMb = 20
const manyFiles = {files: 24, bytes: 10 * megabyte}
const manyBanks = {banks: 6, files: 4, bytes: 10 * megabyte}

/** What more download workers bring where each connection is slow, as connections over the world are. */
export const downloadWorkers: Part = {
  summary: '3 download workers against 1',
  run: async bench => {
    const folders = {many: manyFiles, each: {files: manyBanks.files, bytes: manyBanks.bytes}}
    const files = await startFileServer({folders, bytesPerSecond: rateMb * megabyte})
    try {
      const one = await seconds(bench, {files, workers: 1})
      const three = await seconds(bench, {files, workers: 3})
      const rows = (what: string, key: 'oneBank' | 'sixBanks') => [
        {figure: `${what}, 1 download worker`, unit: 's' as const, ours: one[key], theirs: null, bar: null},
        {figure: `${what}, 3 download workers`, unit: 's' as const, ours: three[key], theirs: null, bar: null},
        {figure: `${what}, speed-up`, unit: 'times' as const, ours: one[key] / three[key], theirs: null, bar: null},
      ]
      const {banks} = manyBanks
      return {
        figures: [
          ...rows(`one bank of ${manyFiles.files} files of 10 MB`, 'oneBank'),
          ...rows(`${banks} banks of ${manyBanks.files} files of 10 MB`, 'sixBanks'),
        ],
        remarks: [
          `Download workers: the server gives each connection ${rateMb} MB/s; 3 update workers both times, and as many ` +
            'threads for a bank (files.num.threads) as without any setting.',
        ],
      }
    } finally {
      await files.stop()
    }
  },
}

async function seconds(
  bench: Bench,
  {files, workers}: {files: FileServer; workers: number},
): Promise<{oneBank: number; sixBanks: number}> {
  bench.say(`${workers} download ${workers === 1 ? 'worker' : 'workers'} ...`)
  const flags = ['--download-workers', String(workers), '--update-workers', '3']
  const cluster = await startOurs(bench, {memory: false, flags})
  try {
    await cluster.addBank(files.bank('many', {folder: 'many'}))
    const oneBank = (await cluster.update('many')) / 1000
    const names = Array.from({length: manyBanks.banks}, (_, number) => `each${number}`)
    for (const name of names) await cluster.addBank(files.bank(name, {folder: 'each'}))
    const started = performance.now()
    await Promise.all(names.map(async name => await cluster.update(name)))
    return {oneBank, sixBanks: (performance.now() - started) / 1000}
  } finally {
    await cluster.stop()
  }
}
