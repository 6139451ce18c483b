import {appendFileSync, readFileSync} from 'node:fs'
import {describe, expect, it} from 'vitest'
import {ftpUpstreamAvailable} from '../../support/upstream/index.ts'
import {deviations} from './deviations.ts'
import {differences, expected, unexplained} from './differences.ts'
import {play} from './play.ts'
import {recorded} from './recording.ts'
import {scenarios} from './scenarios/index.ts'
import {openEmbedded} from './sides/embedded-side.js'

/** Takes all differences, one line for each scenario. */
const listTo = process.env['BIOMAJ_TEST_DIFFERENCES']

describe('the embedded cluster does with a bank what BioMAJ does', () => {
  for (const scenario of scenarios) {
    const {upstream, todo} = scenario
    // A scenario that is still to be mended must fail: when it does not any more, its mark goes.
    // oxlint-disable-next-line vitest/valid-title -- names are those of the scenarios
    it(scenario.name, {fails: todo !== undefined}, async ({skip}) => {
      skip(upstream === 'ftp' && !ftpUpstreamAvailable(), 'python3-pyftpdlib is missing')
      const shown = await play(scenario, openEmbedded)
      const found = unexplained(scenario, differences(expected(scenario, await recorded(scenario)), shown))
      if (listTo !== undefined) appendFileSync(listTo, `${JSON.stringify({scenario: scenario.name, found})}\n`)
      expect(found).toEqual([])
    })
  }
})

describe('deviations', () => {
  it.for(deviations)('"$name" is documented', ({heading}) => {
    const documented = readFileSync(new URL('../../../docs/compatibility.md', import.meta.url), 'utf8')
    expect(documented.split('\n').map(line => line.replace(/^#+ /, ''))).toContain(heading)
  })

  it('are each shown by a scenario', () => {
    const named = new Set(scenarios.flatMap(({deviations: names = []}) => names))
    expect(deviations.filter(({name, everywhere}) => everywhere !== true && !named.has(name))).toEqual([])
    expect([...named].filter(name => !deviations.some(deviation => deviation.name === name))).toEqual([])
  })
})
