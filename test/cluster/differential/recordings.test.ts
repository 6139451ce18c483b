import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {realClusterAvailable} from '../../support/real-cluster/index.ts'
import {ftpUpstreamAvailable} from '../../support/upstream/index.ts'
import {play} from './play.ts'
import {recorded} from './recording.ts'
import {scenarios} from './scenarios/index.ts'
import {RealSides} from './sides/real-side.ts'

const availability = realClusterAvailable()

describe.skipIf(!availability.available)('recordings of unmodified BioMAJ', () => {
  let real: RealSides
  beforeAll(async () => {
    real = await RealSides.start()
  })
  afterAll(async () => await real.stop())

  it.for(scenarios)('$name is what BioMAJ does', async (scenario, {skip}) => {
    skip(scenario.upstream === 'ftp' && !ftpUpstreamAvailable(), 'python3-pyftpdlib is missing')
    expect(await play(scenario, async options => await real.open(options))).toEqual(await recorded(scenario))
  })
})
