import {readFile} from 'node:fs/promises'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {startEmbeddedCluster} from '../../support/embedded-cluster/index.js'
import {bank, fails, succeeds} from '../../support/real-cluster/banks.js'
import {describeRealCluster} from '../../support/real-cluster/describe.ts'
import {type RealCluster, startRealCluster} from '../../support/real-cluster/index.js'
import {until} from '../../support/until.js'
import {type HttpUpstream, startHttpUpstream} from '../../support/upstream/index.js'
import {exchange} from './support/site.ts'
import {differences, type Exchanged, shownDeviations, wireDeviations} from './support/wire-deviations.ts'
import {type Ask, script} from './support/wire-script.ts'

type Side = Pick<RealCluster, 'url' | 'root' | 'addBank'> & {settle: () => Promise<void>; stop: () => Promise<void>}

describeRealCluster('the same requests to BioMAJ and to the embedded cluster', () => {
  let upstream: HttpUpstream
  const sides: Side[] = []

  beforeAll(async () => {
    upstream = await startHttpUpstream()
    for (const name of ['alu', 'other', 'failing', 'secret']) {
      await upstream.put(`/${name}/${name}.n`, `>${name}\nACGT\n`)
    }
    const real = await startRealCluster({admin: 'admin'})
    sides.push({...real, settle: async () => idle(real)})
    const ours = await startEmbeddedCluster()
    sides.push({...ours, settle: async () => ours.settle()})
  })
  afterAll(async () => {
    await Promise.all(sides.map(async side => side.stop()))
    await upstream.stop()
  })

  const source = (name: string) => ({source: upstream.source(`/${name}`)})

  const play = async (side: Side): Promise<Exchanged[]> => {
    await side.addBank(bank('alu', {...source('alu'), processes: [succeeds('index')], keepOldVersions: 3}), 'jane')
    await side.addBank(bank('other', {...source('other'), type: 'protein,nucleic'}), 'joe')
    await side.addBank(bank('failing', {...source('failing'), processes: [succeeds('index'), fails('blast')]}), 'jane')
    await side.addBank(bank('secret', {...source('secret'), visibility: 'private', publish: true}), 'jane')
    await side.addBank(bank('broken', {...source('alu'), properties: {'local.files': ''}}), 'jane')
    const answers: Exchanged[] = []
    for (const step of script) {
      if (step === 'settle') {
        await side.settle()
        continue
      }
      const {status, body} = await exchange(side.url, step)
      answers.push({
        request: nameOf(step),
        status,
        body: JSON.parse(evenedOut(JSON.stringify(body), side.root)) as unknown,
      })
    }
    return answers
  }

  it('are answered alike, but for what is listed', {timeout: 300_000}, async () => {
    const [biomaj, embedded] = sides as [Side, Side]
    const [real, ours] = [await play(biomaj), await play(embedded)]
    expect(ours.length).toBe(script.filter(step => step !== 'settle').length)
    expect(differences(real, ours)).toEqual([])
    // A deviation that nothing shows any more is none.
    expect(shownDeviations(real, ours)).toEqual(wireDeviations.map(({heading}) => heading))
  })
})

describe('deviations on the wire', () => {
  it.for(wireDeviations)('"$heading" is documented', async ({heading}) => {
    const documented = await readFile(new URL('../../../docs/compatibility.md', import.meta.url), 'utf8')
    expect(documented.split('\n').map(line => line.replace(/^#+ /, ''))).toContain(heading)
  })
})

/** Nothing waits, and every daemon has been idle for a while: one that has just taken a request has not said so yet. */
async function idle(cluster: RealCluster): Promise<void> {
  let seen = 0
  await until('the daemon is idle', async () => {
    const waiting = await cluster.control.redis('LLEN', 'biomajdaemon:queue')
    const states = (await cluster.control.redis('HVALS', 'biomajdaemon:daemons:status')) as string[]
    seen = waiting === 0 && states.every(state => state === 'pending') ? seen + 1 : 0
    return seen >= 30
  })
}

function nameOf({method = 'GET', path, who, body}: Ask): string {
  return [method, path, ...(body === undefined ? [] : [JSON.stringify(body)]), 'as', who ?? 'nobody'].join(' ')
}

/** Folders, times, sessions and ids of daemons are each side's own. */
function evenedOut(text: string, root: string): string {
  return (
    text
      .replaceAll(root, '<root>')
      .replaceAll(/\/log\/(\w+)\/\d+(?:\.\d+)?\//g, '/log/$1/<run>/')
      .replaceAll(/"\d{10}(?:\.\d+)"/g, '"<session>"')
      .replaceAll(/\| session +\| +\d{10}(?:\.\d+)? +\|/g, '| session | <session> |')
      .replaceAll(/\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT/g, '<date>')
      .replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, '<time>')
      // Tables are as wide as what is in them.
      .replaceAll(/-{2,}/g, '--')
      .replaceAll(/={2,}/g, '==')
      .replaceAll(/ {2,}/g, ' ')
      .replaceAll(/biomaj_daemon_message\d+|biomaj-update-[\w@.:-]+/g, '<daemon>')
  )
}
