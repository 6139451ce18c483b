import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import Status from '../../src/commands/status.js'
import {BiomajError} from '../../src/shared/errors.js'
import {type FaultProxy, startFaultProxy} from '../support/fault-proxy/index.js'
import {aBank, aRelease, type ScriptedCluster, startScriptedCluster} from '../support/scripted-cluster/index.js'
import {runAgainst} from './against.js'

const session = Date.UTC(2026, 0, 15, 11) / 1000
const request = (bank: string, secondsAgo: number) => ({
  action: 'update' as const,
  bank,
  user: 'jane',
  release: null,
  options: {},
  requestedAt: session + 3600 - secondsAgo,
})

let cluster: ScriptedCluster
let proxy: FaultProxy

/** Looks at the services so far. */
const looksSeen = () => proxy.requests.filter(({path}) => path === '/api/daemon/status').length

beforeEach(async () => {
  cluster = await startScriptedCluster({
    banks: [
      aBank('pfam', {
        releases: [
          aRelease('36.0', {session, size: 2_400_000_000}),
          aRelease('37.0', {session: session + 60, freeze: true, formats: ['fasta', 'hmm']}),
        ],
        current: session + 60,
      }),
      aBank('alu', {
        outcomes: [{kind: 'process-fails', release: '5', processes: ['M_index', 'M_blast'], failing: 'M_blast'}],
      }),
      aBank('genbank', {visibility: 'private', outcomes: [{kind: 'updated', release: '260', processes: ['M_index']}]}),
      aBank('silva'),
      aBank('theirs', {visibility: 'private', owner: 'joe'}),
    ],
    queue: [request('alu', 200)],
    now: () => (session + 3600) * 1000,
    daemons: [
      {id: 'daemon-1', says: undefined, alive: true},
      {id: 'daemon-2', says: 'pending', alive: false},
    ],
  })
  cluster.finish()
  // genbank is at its postprocess step, silva waits.
  cluster.state.queue.push(request('genbank', 100), request('silva', 50))
  cluster.advance(8)
  proxy = await startFaultProxy({target: cluster.url})
})

/** Runs until the given number of looks at the services began, then presses Ctrl-C. */
async function watchFor(looks: number, argv: string[], options: {tty?: boolean; onLook?: (look: number) => void} = {}) {
  const interruption = new AbortController()
  const running = runAgainst(proxy, Status, ['--services', '--watch', '--interval', '1s', ...argv], {
    signal: interruption.signal,
    tty: options.tty === true,
  })
  for (let look = 1; look <= looks; look++) {
    await proxy.waitForRequest(({path}) => path === '/api/daemon/status' && looksSeen() >= look)
    options.onLook?.(look)
  }
  interruption.abort(new BiomajError({code: 'interrupted', message: 'Interrupted'}))
  return running
}

afterEach(async () => {
  await proxy.stop()
  await cluster.stop()
})

describe('the whole cluster', () => {
  it('is one screen in a pipe, whole and without colours', async () => {
    const {exitCode, stdout, stderr} = await runAgainst(cluster, Status, [])
    expect(exitCode).toBe(0)
    expect(stderr).toBe('')
    expect(stdout).toMatchInlineSnapshot(`
      "Cluster      http://cluster/
      Services     ✓ 14 up
      Maintenance  ✓ off
      Daemons      ▶ daemon-1  update genbank, at postprocess
                   · daemon-2  idle
      Queue        … 1 waiting:  1 silva
      Locks        ✓ genbank  at work
      Banks        4 banks  ✗ 1 failed

      BANK     STATE       PUBLISHED  VISIBILITY  UPDATED (SERVER TIME)
      alu      ✗ failed    -          public      2026-01-15 12:00:00
      genbank  ▶ updating  -          private     -
      pfam     ✓ ok        37.0       public      2026-01-15 11:01:00
      silva    … waiting   -          public      -
      "
    `)
  })

  it('fits a terminal of 80 columns', async () => {
    cluster.state.banks.set(
      'a-bank-with-a-name-that-is-much-too-long-for-the-screen',
      aBank('a-bank-with-a-name-that-is-much-too-long-for-the-screen'),
    )
    const {stdout} = await runAgainst(cluster, Status, ['--no-color'], {tty: true})
    expect(stdout).toMatchInlineSnapshot(`
      "Cluster      http://cluster/
      Services     ✓ 14 up
      Maintenance  ✓ off
      Daemons      ▶ daemon-1  update genbank, at postprocess
                   · daemon-2  idle
      Queue        … 1 waiting:  1 silva
      Locks        ✓ genbank  at work
      Banks        5 banks  ✗ 1 failed

      BANK                   STATE        PUBLISHED  VISIBILITY  UPDATED (SERVER TIME)
      a-bank-with-a-name-t…  - never ran  -          public      -
      alu                    ✗ failed     -          public      2026-01-15 12:00:00
      genbank                ▶ updating   -          private     -
      pfam                   ✓ ok         37.0       public      2026-01-15 11:01:00
      silva                  … waiting    -          public      -
      "
    `)
    expect(Math.max(...stdout.split('\n').map(line => line.length))).toBeLessThanOrEqual(80)
  })

  it('colours symbols on a terminal, beside their words', async () => {
    const {stdout} = await runAgainst(cluster, Status, [], {tty: true})
    expect(stdout).toContain('\u001B[31m✗ failed\u001B[39m')
    expect((await runAgainst(cluster, Status, [], {tty: true, env: {NO_COLOR: '1'}})).stdout).not.toContain('\u001B')
  })

  it('gives each part to a script', async () => {
    const {stdout, exitCode} = await runAgainst(cluster, Status, ['--json'])
    expect(exitCode).toBe(0)
    const {services, banks, ...rest} = JSON.parse(stdout)
    expect(services.value[0]).toEqual({
      name: 'biomaj-public-proxy',
      state: 'up',
      count: 1,
      instances: [{host: '', up: true}],
    })
    expect(banks.value.map(({name, failed, work}: Record<string, unknown>) => [name, failed, work])).toEqual([
      ['alu', true, null],
      ['genbank', false, 'update'],
      ['pfam', false, null],
      ['silva', false, 'waiting'],
    ])
    expect(rest).toMatchInlineSnapshot(`
      {
        "cluster": "http://cluster/",
        "daemons": {
          "available": true,
          "value": [
            {
              "action": "update",
              "bank": "genbank",
              "daemon": "daemon-1",
              "step": "postprocess",
            },
            {
              "action": null,
              "bank": null,
              "daemon": "daemon-2",
              "step": null,
            },
          ],
        },
        "key": {
          "available": true,
          "value": "valid",
        },
        "locks": {
          "available": true,
          "value": {
            "locks": [
              {
                "bank": "genbank",
                "state": "working",
              },
            ],
            "runningWithoutLock": [],
          },
        },
        "maintenance": {
          "available": true,
          "value": false,
        },
        "queue": {
          "available": true,
          "value": {
            "depth": 1,
            "waiting": [
              "silva",
            ],
          },
        },
      }
    `)
  })

  it('prints the names of the banks with --quiet', async () => {
    expect((await runAgainst(cluster, Status, ['--quiet'])).stdout).toBe('alu\ngenbank\npfam\nsilva\n')
  })

  it('tells of services that are down, and in few words of those that the cluster does not run', async () => {
    cluster.state.services = [
      {service: 'biomaj-redis', count: 1, status: 1},
      {service: 'biomaj-mongo', count: 0, status: -1},
      {service: 'biomaj-process', count: 2, status: -1},
      {service: 'biomaj-ftp', count: 0, status: -1},
      {service: 'biomaj-cron', count: 0, status: -1},
    ]
    const {stdout} = await runAgainst(cluster, Status, [])
    expect(stdout.split('\n').slice(1, 4)).toMatchInlineSnapshot(`
      [
        "Services     ✓ 1 up  ✗ 2 down",
        "             mongo down  process down (0 of 2)",
        "             - not running here: ftp, cron",
      ]
    `)
  })

  it('shows what it can when a route fails, with the reason', async () => {
    cluster.state.statusBroken = true
    proxy.inject({kind: 'captive-portal'}, {route: '/api/daemon/bank', method: 'GET'})
    const human = await runAgainst(proxy, Status, [])
    expect(human.exitCode).toBe(0)
    expect(human.stdout).toMatchInlineSnapshot(`
      "Cluster      http://cluster/
      Services     ? not known: The cluster failed on GET /api/daemon/status (HTTP 500) and gave no reason
      Maintenance  ✓ off
      Daemons      ▶ daemon-1  update genbank
                   · daemon-2  idle
      Queue        … 1 waiting:  1 silva
      Locks        ✓ genbank  at work
      Key          ? not known: http://cluster answered GET /api/daemon/bank/biomaj/show with an HTML page
      Banks        ? not known: http://cluster answered GET /api/daemon/bank with an HTML page
      "
    `)
    const {services, maintenance} = JSON.parse((await runAgainst(proxy, Status, ['--json'])).stdout)
    expect(services).toMatchInlineSnapshot(`
      {
        "available": false,
        "error": {
          "code": "server_error",
          "message": "The cluster failed on GET /api/daemon/status (HTTP 500) and gave no reason",
        },
      }
    `)
    expect(maintenance).toEqual({available: true, value: false})
  })

  it('exits 7 with one error when nothing can be reached', async () => {
    await cluster.stop()
    const {exitCode, stdout, stderr} = await runAgainst(cluster, Status, [])
    expect({exitCode, stdout, stderr}).toMatchInlineSnapshot(`
      {
        "exitCode": 7,
        "stderr": "✗ Cannot reach http://cluster: connection refused
        If it is a cluster of your own, start it again with \`biomaj cluster start\`.
      ",
        "stdout": "",
      }
    `)
    const json = await runAgainst(cluster, Status, ['--json'])
    expect(json.exitCode).toBe(7)
    expect(JSON.parse(json.stdout).error.code).toBe('unreachable')
  })

  it('says so when the cluster does not know the key', async () => {
    const {stdout, exitCode} = await runAgainst(cluster, Status, [], {env: {BIOMAJ_APIKEY: 'WRONGKEY01'}})
    expect(exitCode).toBe(0)
    expect(stdout).toContain('Key          ✗ not known to this cluster: private banks are hidden from you')
    expect(stdout).not.toContain('\ngenbank')
  })

  it('tells locks left behind from those of banks at work, and rows without a lock', async () => {
    cluster.state.locks.add('silva')
    cluster.state.locks.delete('genbank')
    const {stdout} = await runAgainst(cluster, Status, [])
    expect(stdout).toContain('Locks        ! silva  stale: locked, but no daemon works on it\n')
    expect(stdout).toContain('! daemon-1  shown as running genbank, but it holds no lock\n')
  })

  it('makes text of the cluster safe for the terminal', async () => {
    cluster.state.banks.set('x', aBank('evil\u001B]0;owned\u0007\u001B[2J', {types: ['\u202Etxt']}))
    const {stdout} = await runAgainst(cluster, Status, [])
    for (const character of ['\u001B', '\u0007', '\u202E']) expect(stdout).not.toContain(character)
    expect(stdout).toContain('\nevil ')
  })
})

describe('named banks', () => {
  it('shows releases, requests and the run step by step', async () => {
    const {stdout, exitCode} = await runAgainst(cluster, Status, ['pfam,genbank', '--bank', 'alu'])
    expect(exitCode).toBe(0)
    expect(stdout).toMatchInlineSnapshot(`
      "alu  public · nucleic · nothing published

      State        ✗ its last run failed
      Now          · idle
      Updated      2026-01-15 12:00:00 server time
      Releases     - none in production
      Pending      … 5, last run 2026-01-15 12:00:00 server time
      Last run     ✗ failed 2026-01-15T12:00:00Z, took <1s
                   ✓ init        done
                   ✓ check       done
                   ✓ depends     done
                   ✓ preprocess  done
                   ✓ release     done
                   ✓ download    done
                   ✗ postprocess failed
                     ✓ M_index  done
                     ✗ M_blast  failed
                   · publish     not reached
                   · over        not reached

      pfam  public · nucleic · published 37.0

      Now          · idle
      Updated      2026-01-15 11:01:00 server time
      Directory    /var/lib/biomaj/data/db/pfam

      RELEASE  STATE                  SIZE  FORMATS    MADE (SERVER TIME)   DIRECTORY
      36.0     -                    2.4 GB  fasta      2026-01-15 11:00:00  pfam_36.0
      37.0     ● published, frozen  1.0 MB  fasta,hmm  2026-01-15 11:01:00  pfam_37.0

      Last run     - it never ran

      genbank  private · nucleic · nothing published

      Now          ▶ update, at postprocess, on daemon-1
      Releases     - none in production
      This run     ✓ init        done
                   ✓ check       done
                   ✓ depends     done
                   ✓ preprocess  done
                   ✓ release     done
                   ✓ download    done
                   ▶ postprocess running
                     ▶ M_index  running
                   · publish     waiting
                   · over        waiting
      "
    `)
  })

  it('says how long ago things were on a terminal', async () => {
    cluster.state.queue.push({...request('alu', 0), requestedAt: Math.floor(Date.now() / 1000) - 185})
    const {stdout} = await runAgainst(cluster, Status, ['alu', '--no-color'], {tty: true})
    expect(stdout.split('\n').find(line => line.startsWith('Waiting'))).toMatchInlineSnapshot(
      `"Waiting      … update, requested 3m ago  number 2 in the queue"`,
    )
  })

  it('gives them to a script, with null for sizes that are not kept', async () => {
    cluster.bank('pfam').releases[0]!.size = 0
    const {banks} = JSON.parse((await runAgainst(cluster, Status, ['pfam', '--json'])).stdout)
    expect(banks[0]).toMatchInlineSnapshot(`
      {
        "available": true,
        "failed": false,
        "lastUpdate": {
          "serverLocal": "2026-01-15 11:01:00",
        },
        "lastUpdateEnded": {
          "available": true,
          "value": null,
        },
        "name": "pfam",
        "now": {
          "available": true,
          "value": null,
        },
        "pending": [],
        "publishedRelease": "37.0",
        "queuePositions": {
          "available": true,
          "value": [],
        },
        "releases": [
          {
            "directory": "/var/lib/biomaj/data/db/pfam/pfam_36.0",
            "formats": [
              "fasta",
            ],
            "frozen": false,
            "published": false,
            "release": "36.0",
            "remoteRelease": "36.0",
            "session": {
              "serverLocal": "2026-01-15 11:00:00",
            },
            "sizeBytes": null,
          },
          {
            "directory": "/var/lib/biomaj/data/db/pfam/pfam_37.0",
            "formats": [
              "fasta",
              "hmm",
            ],
            "frozen": true,
            "published": true,
            "release": "37.0",
            "remoteRelease": "37.0",
            "session": {
              "serverLocal": "2026-01-15 11:01:00",
            },
            "sizeBytes": 1048576,
          },
        ],
        "requests": [],
        "run": {
          "available": true,
          "value": {
            "logFile": null,
            "session": null,
            "steps": [],
          },
        },
        "types": [
          "nucleic",
        ],
        "visibility": "public",
      }
    `)
  })

  it('shows the others when one is missing, and exits with the first failure', async () => {
    const {exitCode, stdout, stderr} = await runAgainst(cluster, Status, ['--bank', 'nope,theirs', '--bank', 'pfam'])
    expect(exitCode).toBe(5)
    expect(stderr).toMatchInlineSnapshot(`
      "✗ There is no bank "nope" on this cluster
        See \`biomaj banks\` for those that you may see.
      ✗ theirs: Only its owner and administrators may see this bank
        Its owner or an administrator may; \`biomaj about-me --banks\` shows what you own.
      "
    `)
    expect(stdout).toMatch(/^pfam {2}public/)
    const json = await runAgainst(cluster, Status, ['theirs', 'nope', 'pfam', '--json'])
    expect(json.exitCode).toBe(4)
    expect(
      JSON.parse(json.stdout).banks.map((bank: {available: boolean; error?: {code: string}}) => bank.error?.code),
    ).toEqual(['forbidden', 'bank_not_found', undefined])
  })

  it('exits 7 with one error when the cluster is gone', async () => {
    await cluster.stop()
    const {exitCode, stdout, stderr} = await runAgainst(cluster, Status, ['pfam', 'alu'])
    expect({exitCode, stdout}).toEqual({exitCode: 7, stdout: ''})
    expect(stderr.match(/✗/g)).toHaveLength(1)
  })
})

describe('parts', () => {
  it('lists each instance of each service', async () => {
    cluster.state.services = [
      {service: 'biomaj-redis', count: 1, status: 1},
      {service: 'biomaj-daemon', count: 2, status: -1},
      {service: 'biomaj-ftp', count: 0, status: -1},
    ]
    expect((await runAgainst(cluster, Status, ['--services'])).stdout).toMatchInlineSnapshot(`
      "SERVICE  UP      STATE               HOST
      redis    1 of 1  ✓ up                172.18.0.5
      daemon   0 of 2  ✗ down              172.18.0.5
      daemon   0 of 2  ✗ down              172.18.0.5
      ftp      -       - not running here  -
      "
    `)
    expect((await runAgainst(cluster, Status, ['--services', '--quiet'])).stdout).toBe(
      'biomaj-redis\nbiomaj-daemon\nbiomaj-ftp\n',
    )
  })

  it('fails with the reason when the only part that was asked for fails', async () => {
    cluster.state.statusBroken = true
    const {exitCode, stderr} = await runAgainst(cluster, Status, ['--services'])
    expect(exitCode).toBe(1)
    expect(stderr).toContain('The cluster failed on GET /api/daemon/status')
  })

  it('lists failed banks with the place of the failure', async () => {
    const {stdout} = await runAgainst(cluster, Status, ['--failed'])
    expect(stdout).toMatchInlineSnapshot(`
      "BANK  STATE     AT STEP      PROCESS  PUBLISHED  UPDATED (SERVER TIME)
      alu   ✗ failed  postprocess  M_blast  -          2026-01-15 12:00:00
      "
    `)
    const {failed} = JSON.parse((await runAgainst(cluster, Status, ['--failed', '--json'])).stdout)
    expect(failed).toMatchObject([{name: 'alu', failedStep: 'postprocess', failedProcesses: ['M_blast']}])
  })

  it('is content when no bank failed', async () => {
    cluster.bank('alu').failed = false
    expect(await runAgainst(cluster, Status, ['--failed'])).toMatchObject({exitCode: 0, stdout: 'No bank failed.\n'})
    expect((await runAgainst(cluster, Status, ['--failed', '--quiet'])).stdout).toBe('')
  })

  it('refuses parts of the cluster together with banks', async () => {
    expect((await runAgainst(cluster, Status, ['--services', 'alu'])).exitCode).toBe(2)
    expect((await runAgainst(cluster, Status, ['--failed', '--bank', 'alu'])).exitCode).toBe(2)
    expect((await runAgainst(cluster, Status, ['--interval', '5s'])).exitCode).toBe(2)
    expect((await runAgainst(cluster, Status, ['--watch', '--interval', '0.1s'])).exitCode).toBe(2)
  })
})

describe('--watch', () => {
  it('writes a snapshot under its time for each change in a pipe, and exits 130', async () => {
    cluster.state.services = [{service: 'biomaj-redis', count: 1, status: 1}]
    const {stdout, stderr, exitCode} = await watchFor(4, [], {
      onLook: look => {
        if (look === 2) cluster.state.services = [{service: 'biomaj-redis', count: 1, status: -1}]
      },
    })
    expect(exitCode).toBe(130)
    expect(stderr).toBe('')
    expect(stdout.replaceAll(/20\d\d-\d\d-\d\dT[\d:.]+Z/g, '<instant>')).toMatchInlineSnapshot(`
      "--- <instant>
      SERVICE  UP      STATE  HOST
      redis    1 of 1  ✓ up   172.18.0.5
      --- <instant>
      SERVICE  UP      STATE   HOST
      redis    0 of 1  ✗ down  -
      "
    `)
  })

  it('goes on through failed looks, telling age and reason', async () => {
    cluster.state.services = [{service: 'biomaj-redis', count: 1, status: 1}]
    const {stdout} = await watchFor(4, ['--json'], {
      onLook: look => {
        if (look === 1) proxy.inject({kind: 'status', status: 503}, {route: '/api/daemon/status', nth: 1})
      },
    })
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line))
    expect(lines.map(({ok}) => ok)).toEqual([true, false, true])
    expect(lines[0].services).toHaveLength(1)
    expect(lines[1].error).toMatchObject({code: 'unreachable', exitCode: 7})
  })

  it('draws on a terminal in place', async () => {
    cluster.state.services = [{service: 'biomaj-redis', count: 1, status: 1}]
    const {stdout, exitCode} = await watchFor(3, ['--no-color'], {tty: true})
    expect(exitCode).toBe(130)
    expect(stdout).toContain('UTC, every 1s; Ctrl-C ends')
    expect(stdout).toContain('\u001B[')
  })

  it('fails at once when already the first look fails', async () => {
    await cluster.stop()
    expect((await runAgainst(cluster, Status, ['--watch'])).exitCode).toBe(7)
  })
})
