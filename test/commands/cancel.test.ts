import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import Cancel from '../../src/commands/cancel.js'
import Update from '../../src/commands/update.js'
import {startFaultProxy} from '../support/fault-proxy/index.js'
import type {RunCommandOptions} from '../support/run-command.js'
import type {ScriptedCluster} from '../support/scripted-cluster/index.js'
import {runAgainst} from './against.js'
import {updatesScene} from './updates-scene.js'

let cluster: ScriptedCluster

beforeEach(async () => {
  cluster = (await updatesScene()).cluster
})
afterEach(async () => cluster.stop())

const cancel = async (argv: string[], options?: RunCommandOptions) => runAgainst(cluster, Cancel, argv, options)
const ask = async (banks: string) => runAgainst(cluster, Update, ['--bank', banks])

describe('cancel', () => {
  it('on a terminal says what happens to an update that waits', async () => {
    await ask('alu')
    expect(await cancel(['--bank', 'alu'], {tty: true, env: {NO_COLOR: '1'}})).toMatchInlineSnapshot(`
      {
        "exitCode": 0,
        "stderr": "",
        "stdout": "■ alu  cancel requested  it ends when its turn comes
        See how it ends: biomaj wait --bank alu
      ",
      }
    `)
    expect([...cluster.state.cancelRequests]).toEqual(['alu'])
  })

  it('sends nothing where the cluster is only looked at', async () => {
    await ask('alu')
    expect(await cancel(['alu'], {env: {BIOMAJ_READ_ONLY: '1'}})).toMatchInlineSnapshot(`
      {
        "exitCode": 4,
        "stderr": "",
        "stdout": "✗ alu  not cancelled  Not sent, because this client only reads: POST /api/daemon {updatecancel}
        BIOMAJ_READ_ONLY, --read-only or the context says so; \`biomaj login --no-read-only\` takes it out of the context.
      ",
      }
    `)
    expect([...cluster.state.cancelRequests]).toEqual([])
  })

  it.for([
    ['alo', 5, 'There is no bank "alo" on this cluster', 'Did you mean alu?'],
    ['../alu', 2, 'No bank can be called "../alu"', 'Give its name as `biomaj banks` shows it.'],
  ] as const)('says what is wrong with the name %s', async ([name, exitCode, message, hint]) => {
    const run = await cancel([name, '--json'])
    const document = JSON.parse(run.stdout) as {error?: object; cancellations?: Array<{error: object}>}
    expect(run.exitCode).toBe(exitCode)
    expect(document.error ?? document.cancellations?.[0]?.error).toMatchObject({message, hint})
  })

  it('in a pipe says what happens to one that runs', async () => {
    await ask('alu')
    cluster.advance(3)
    expect(await cancel(['alu'])).toMatchInlineSnapshot(`
      {
        "exitCode": 0,
        "stderr": "",
        "stdout": "■ alu  cancel requested  it stops after its current action
        See how it ends: biomaj wait --bank alu
      ",
      }
    `)
  })

  it('warns that a cancel during a process may stay', async () => {
    cluster.script('alu', {kind: 'updated', release: '2', processes: ['M_index', 'M_blast']})
    await ask('alu')
    cluster.advance(9)
    expect((await cancel(['alu'])).stdout).toMatchInlineSnapshot(`
      "■ alu  cancel requested  it stops after its current action
        It runs processes: BioMAJ then keeps the cancel, and the next update of the bank ends at once too.
        See how it ends: biomaj wait --bank alu
      "
    `)
  })

  it('was sent also where the cluster could not tell what it can', async () => {
    cluster.script('alu', {kind: 'updated', release: '2', processes: ['M_index', 'M_blast']})
    await ask('alu')
    cluster.advance(9)
    const proxy = await startFaultProxy({target: cluster.url})
    try {
      proxy.inject({kind: 'status', status: 503}, {method: 'GET', route: /^\/api\/daemon$/})
      const {exitCode, stdout} = await runAgainst(proxy, Cancel, ['alu'])
      expect([exitCode, stdout]).toEqual([0, expect.stringContaining('cancel requested')])
      expect([...cluster.state.cancelRequests]).toEqual(['alu'])
    } finally {
      await proxy.stop()
    }
  })

  it('with --json gives one document, with a reason for each bank that it refused', async () => {
    await ask('alu')
    const {exitCode, stdout} = await cancel(['alu,theirs', '--json'])
    expect(exitCode).toBe(4)
    expect(JSON.parse(stdout)).toMatchInlineSnapshot(`
      {
        "cancellations": [
          {
            "bank": "alu",
            "error": null,
            "exitCode": 0,
            "mayRemain": false,
            "requested": true,
            "situation": "queued",
          },
          {
            "bank": "theirs",
            "error": {
              "code": "forbidden",
              "exitCode": 4,
              "hint": "Its owner or an administrator may; \`biomaj about-me --banks\` shows what you own.",
              "message": "You are not the owner of theirs",
            },
            "exitCode": 4,
            "mayRemain": false,
            "requested": false,
            "situation": null,
          },
        ],
      }
    `)
  })

  it('with --quiet prints the banks whose cancel was sent', async () => {
    await ask('alu,pfam')
    expect(await cancel(['alu,silva,pfam', '--quiet'])).toEqual({exitCode: 6, stdout: 'alu\npfam\n', stderr: ''})
  })

  it('sends nothing for an idle bank', async () => {
    expect(await cancel(['--bank', 'alu'])).toMatchInlineSnapshot(`
      {
        "exitCode": 6,
        "stderr": "",
        "stdout": "✗ alu  not cancelled  No update of alu runs or waits: there is nothing to cancel
        A cancel sent now would stay and end the next run of the bank, so it was not sent.
      ",
      }
    `)
    expect(cluster.state.cancelRequests.size).toBe(0)
  })

  it.each([
    {says: 'No update of alu runs', daemon: 'alu:update', lock: false, exitCode: 6},
    {says: 'No update of alu runs', daemon: 'alu:repair', lock: true, exitCode: 6},
  ])('sends nothing where a daemon says $daemon (locked: $lock)', async ({says, daemon, lock, exitCode}) => {
    cluster.state.daemons = [{id: 'daemon-1', says: daemon, alive: false}]
    if (lock) cluster.state.locks.add('alu')
    const run = await cancel(['--bank', 'alu'])
    expect([run.exitCode, run.stdout]).toEqual([exitCode, expect.stringContaining(says)])
    expect(cluster.state.cancelRequests.size).toBe(0)
  })

  it.each([
    {bank: 'theirs', key: 'JANEKEY001', exitCode: 4},
    {bank: 'alu', key: '', exitCode: 4},
    {bank: 'alu', key: 'WRONGKEY00', exitCode: 4},
    {bank: 'nosuchbank', key: 'JANEKEY001', exitCode: 5},
  ])('refuses $bank with the key "$key"', async ({bank, key, exitCode}) => {
    await ask('alu')
    cluster.state.queue.push({
      action: 'update',
      bank: 'theirs',
      user: 'joe',
      release: null,
      options: {},
      requestedAt: 0,
    })
    expect(await cancel(['--bank', bank], {env: {BIOMAJ_APIKEY: key}})).toMatchObject({exitCode})
    expect(cluster.state.cancelRequests.size).toBe(0)
  })
})
