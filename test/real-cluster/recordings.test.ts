import {readFile, readdir} from 'node:fs/promises'
import {describe, expect, it} from 'vitest'
import {readSequence} from '../support/real-cluster/sequences.ts'

const aTime: unknown = expect.stringMatching(/ GMT$/u)
const fixtures = new URL('../fixtures/', import.meta.url)

describe('recordings of the real cluster', () => {
  it.for(['wire', 'sequences'])('of %s name no machine', async folder => {
    const files = (await readdir(new URL(`${folder}/`, fixtures))).filter(file => file.endsWith('.json'))
    expect(files.length).toBeGreaterThan(30)
    for (const file of files) {
      const text = await readFile(new URL(`${folder}/${file}`, fixtures), 'utf8')
      expect([file, text.match(/\/(?:tmp|home|root|Users)\/|\b127\.\d|\b0x(?!7f0000000000)[0-9a-f]{8}/u)]).toEqual([
        file,
        null,
      ])
    }
  })

  it('are read back with every sample complete', async () => {
    const {events, samples} = await readSequence('updated')
    expect(events).toMatchObject([{what: 'jane asks for an update of alu {}', answer: {status: 200}}])
    expect(samples[0]?.history).toMatchObject({body: {msg: {history: []}}})
    expect(samples.at(-1)).toMatchObject({
      status: {alu: {body: {status: {process: expect.arrayContaining([['over', 'over']]) as unknown}}}},
      history: {body: {msg: {history: [['alu', 'update', aTime, aTime, 'True', 'False']]}}},
      locks: {body: {msg: {services: [['system', '', 'pending']]}}},
    })
  })
})
