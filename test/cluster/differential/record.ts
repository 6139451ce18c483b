// `node test/cluster/differential/record.ts [words of a name]`: plays the scenarios through unmodified BioMAJ and keeps
// what it shows.
import {play} from './play.ts'
import {record} from './recording.ts'
import {scenarios} from './scenarios/index.ts'
import {RealSides} from './sides/real-side.ts'

process.env['TZ'] = 'UTC'
const words = process.argv.slice(2).join(' ')
const real = await RealSides.start()
try {
  for (const scenario of scenarios.filter(({name}) => name.includes(words))) {
    const observations = await play(scenario, async options => await real.open(options))
    await record(scenario, observations)
    process.stderr.write(`${scenario.name}\n`)
  }
} finally {
  await real.stop()
}
