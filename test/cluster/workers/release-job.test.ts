import {existsSync, mkdirSync, utimesSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {afterEach, beforeEach, expect, it} from 'vitest'
import {startDownloadWorkers} from '../../../src/cluster/workers/index.js'
import {addJob, openWorkplace, untilState, type Workplace} from './support/site.js'

let place: Workplace

beforeEach(async () => {
  place = openWorkplace()
  await place.keep(startDownloadWorkers({context: place.context, env: {}, slots: 1}))
})

afterEach(async () => {
  await place.close()
})

function bank(files: Record<string, string>, properties = ''): void {
  const upstream = path.join(place.root, 'upstream')
  mkdirSync(upstream)
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(path.join(upstream, name), content)
    const time = new Date('2026-03-05T12:00:00')
    utimesSync(path.join(upstream, name), time, time)
  }
  writeFileSync(
    path.join(place.root, 'conf', 'alu.properties'),
    `[GENERAL]\nprotocol=local\nremote.dir=${upstream}/\nremote.files=^.*\\.fa$\n${properties}`,
  )
}

const look = async (state: 'done' | 'failed' = 'done') => {
  const {queue} = place.context
  const {id} = await addJob(queue, 'release', {bank: 'alu'})
  return await untilState(queue, id, state)
}

it('finds the release in the text of its file', async () => {
  bank(
    {'a.fa': 'x', 'notes.txt': 'this is release 41.2 of alu'},
    'release.file=^notes.txt$\nrelease.regexp=release ([\\d.]+)',
  )
  expect((await look()).result).toEqual({release: '41.2'})
})

it('takes the date of the newest file when no file tells it', async () => {
  bank({'a.fa': 'x'})
  expect((await look()).result).toEqual({release: '2026-3-5'})
})

it('finds none where there is no remote side', async () => {
  writeFileSync(path.join(place.root, 'conf', 'alu.properties'), '[GENERAL]\nprotocol=none\n')
  expect((await look()).result).toEqual({release: null})
})

it.each([
  ['no file is there', '', {}],
  ['the file tells no release', 'release.file=^notes.txt$\nrelease.regexp=nothing', {'a.fa': 'x', 'notes.txt': 'x'}],
])('fails with the reason when %s, and touches nothing of the bank', async (_when, properties, files) => {
  bank(files, properties)
  expect((await look('failed')).reason).toMatch(/\S/)
  expect(existsSync(path.join(place.root, 'data', 'alu'))).toBe(false)
  expect(await place.context.store.banks.get('alu')).toBeUndefined()
  expect(await place.context.store.history.list({limit: 1})).toEqual([])
})
