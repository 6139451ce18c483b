import {existsSync, readFileSync, writeFileSync} from 'node:fs'
import {fileURLToPath} from 'node:url'
import {describe, expect, it} from 'vitest'
import {startEmbeddedCluster} from '../../support/embedded-cluster/index.js'
import {realClusterAvailable} from '../../support/real-cluster/index.js'
import {originalClientAvailable} from './client.js'
import {differing, textDeviations} from './deviations.js'
import {playReal} from './real.js'
import {playClient} from './session.js'
import type {Said} from './session.js'

const file = fileURLToPath(new URL('../../fixtures/original-client.json', import.meta.url))
const recorded = (): Said[] => JSON.parse(readFileSync(file, 'utf8')) as Said[]
const longMs = 300_000

describe('the original client', () => {
  it('drives the embedded cluster as it drives BioMAJ', {timeout: longMs}, async ({skip}) => {
    skip(!originalClientAvailable(), 'biomaj-cli.py is missing (python3-biomaj3-cli)')
    const cluster = await startEmbeddedCluster()
    try {
      const said = await playClient(cluster, async () => await cluster.settle())
      expect(differing(recorded(), said)).toEqual([])
    } finally {
      await cluster.stop()
    }
  })

  it.for(textDeviations)('may differ where it is documented: $heading', ({heading}) => {
    const documented = readFileSync(new URL('../../../docs/compatibility.md', import.meta.url), 'utf8')
    expect(documented).toContain(`\n## ${heading}\n`)
  })

  // BIOMAJ_TEST_RECORD=1 writes the recording instead.
  it('still says to BioMAJ’s services what was recorded', {timeout: longMs}, async ({skip}) => {
    skip(!originalClientAvailable(), 'biomaj-cli.py is missing (python3-biomaj3-cli)')
    const availability = realClusterAvailable()
    skip(!availability.available, availability.available ? '' : availability.reason)
    const said = await playReal()
    if (process.env['BIOMAJ_TEST_RECORD'] === '1' || !existsSync(file)) {
      writeFileSync(file, `${JSON.stringify(said, undefined, 1)}\n`)
    }
    expect(said).toEqual(recorded())
  })
})
