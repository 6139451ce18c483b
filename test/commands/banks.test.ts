import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import Banks from '../../src/commands/banks.js'
import {type FaultProxy, startFaultProxy} from '../support/fault-proxy/index.js'
import {aBank, aRelease, type ScriptedCluster, startScriptedCluster} from '../support/scripted-cluster/index.js'
import {runAgainst} from './against.js'

const session = Date.UTC(2026, 0, 15, 11) / 1000

let cluster: ScriptedCluster
let proxy: FaultProxy

beforeEach(async () => {
  cluster = await startScriptedCluster({
    banks: [
      aBank('silva', {types: ['nucleic', 'rrna'], lastUpdate: session, failed: true}),
      aBank('pfam', {types: ['protein'], releases: [aRelease('37.0', {session})], current: session}),
      aBank('genbank', {visibility: 'private', releases: [aRelease('260', {session})], current: session}),
      aBank('genpept', {types: ['protein']}),
    ],
  })
  proxy = await startFaultProxy({target: cluster.url})
})

afterEach(async () => {
  await proxy.stop()
  await cluster.stop()
})

describe('biomaj banks', () => {
  it('lists them by name, whole in a pipe', async () => {
    expect(await runAgainst(cluster, Banks, [])).toMatchInlineSnapshot(`
      {
        "exitCode": 0,
        "stderr": "",
        "stdout": "BANK     TYPES         STATE        PUBLISHED  VISIBILITY  UPDATED (SERVER TIME)
      genbank  nucleic       ✓ ok         260        private     2026-01-15 11:00:00
      genpept  protein       - never ran  -          public      -
      pfam     protein       ✓ ok         37.0       public      2026-01-15 11:00:00
      silva    nucleic,rrna  ✗ failed     -          public      2026-01-15 11:00:00
      ",
      }
    `)
  })

  it('fits a terminal', async () => {
    const {stdout} = await runAgainst(cluster, Banks, ['--no-color'], {tty: true})
    expect(stdout).toMatchInlineSnapshot(`
      "BANK     TYPES         STATE        PUBLISHED  VISIBILITY  UPDATED (SERVER TIME)
      genbank  nucleic       ✓ ok         260        private     2026-01-15 11:00:00
      genpept  protein       - never ran  -          public      -
      pfam     protein       ✓ ok         37.0       public      2026-01-15 11:00:00
      silva    nucleic,rrna  ✗ failed     -          public      2026-01-15 11:00:00
      "
    `)
  })

  it('gives them to a script', async () => {
    const {stdout, exitCode} = await runAgainst(cluster, Banks, ['genbank', '--json'])
    expect(exitCode).toBe(0)
    expect(JSON.parse(stdout)).toMatchInlineSnapshot(`
      {
        "banks": [
          {
            "failed": false,
            "lastUpdate": {
              "serverLocal": "2026-01-15 11:00:00",
            },
            "name": "genbank",
            "publishedRelease": "260",
            "types": [
              "nucleic",
            ],
            "visibility": "private",
            "work": null,
          },
        ],
        "key": "valid",
      }
    `)
    expect(JSON.parse((await runAgainst(cluster, Banks, ['x*', '--json'])).stdout)).toEqual({banks: [], key: 'valid'})
  })

  it.each([
    [['--failed'], ['silva']],
    [
      ['--type', 'protein'],
      ['genpept', 'pfam'],
    ],
    [
      ['--type', 'protein', '--type', 'rrna'],
      ['genpept', 'pfam', 'silva'],
    ],
    [['--visibility', 'private'], ['genbank']],
    [['gen*'], ['genbank', 'genpept']],
    [
      ['p?am', 'silva'],
      ['pfam', 'silva'],
    ],
    [['gen*', '--type', 'protein'], ['genpept']],
    [['.*'], []],
  ])('%j gives %j', async (argv, names) => {
    const {stdout} = await runAgainst(cluster, Banks, [...argv, '--quiet'])
    expect(stdout.split('\n').filter(name => name !== '')).toEqual(names)
  })

  it('has friendly words for nothing', async () => {
    cluster.bank('silva').failed = false
    expect((await runAgainst(cluster, Banks, ['--failed'])).stdout).toBe('No bank failed.\n')
    expect((await runAgainst(cluster, Banks, ['x*'])).stdout).toBe('No bank fits.\n')
    cluster.state.banks.clear()
    expect((await runAgainst(cluster, Banks, [])).stdout).toBe('No banks that you may see.\n')
  })

  it('exits 5 for a name that no bank has', async () => {
    const {exitCode, stdout, stderr} = await runAgainst(cluster, Banks, ['pfam', 'pfma'])
    expect({exitCode, stdout}).toEqual({exitCode: 5, stdout: ''})
    expect(stderr).toContain('There is no bank "pfma" that you may see')
  })

  it('shows what a wrong key may see, warns, and exits 4', async () => {
    const {exitCode, stdout, stderr} = await runAgainst(cluster, Banks, ['-q'], {env: {BIOMAJ_APIKEY: 'WRONGKEY01'}})
    expect(exitCode).toBe(4)
    expect(stdout).toBe('genpept\npfam\nsilva\n')
    expect(stderr).toBe('! Warning: The cluster does not know your API key; private banks are missing.\n')
  })

  it('lists them also when the cluster cannot tell which failed', async () => {
    proxy.inject({kind: 'status', status: 500}, {route: '/api/daemon/status/ko'})
    const {exitCode, stdout, stderr} = await runAgainst(proxy, Banks, ['pfam'])
    expect(exitCode).toBe(0)
    expect(stdout).toContain('pfam  protein  ? not known')
    expect(stderr).toContain('! Warning: Which banks failed is not known: ')
    expect((await runAgainst(proxy, Banks, ['--failed'])).exitCode).toBe(1)
  })

  it('exits 7 when the cluster is gone', async () => {
    await cluster.stop()
    expect(await runAgainst(cluster, Banks, ['--json'])).toMatchObject({exitCode: 7})
  })
})
