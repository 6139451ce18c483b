import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import Update from '../../src/commands/update.js'
import Wait from '../../src/commands/wait.js'
import type {RunCommandOptions} from '../support/run-command.js'
import type {ScriptedCluster} from '../support/scripted-cluster/index.js'
import {runAgainst} from './against.js'
import {updatesScene} from './updates-scene.js'

let cluster: ScriptedCluster
let later: (seconds: number) => void

beforeEach(async () => {
  const scene = await updatesScene()
  cluster = scene.cluster
  later = scene.later
})
afterEach(async () => cluster.stop())

const wait = async (argv: string[], options?: RunCommandOptions) =>
  runAgainst(cluster, Wait, ['--poll', '100ms', ...argv], options)
const ask = async (banks: string) => runAgainst(cluster, Update, ['--bank', banks])

/** Waits for a queued update of `alu`, which takes a minute and a half once it is looked at. */
async function attached(argv: string[] = [], options?: RunCommandOptions) {
  await ask('alu')
  const before = cluster.requests.length
  const running = wait(['--bank', 'alu', ...argv], options)
  await cluster.waitForRequest(
    request => request.path === '/api/daemon/whatsup' && cluster.requests.indexOf(request) > before + 5,
  )
  cluster.advance(2)
  later(90)
  cluster.finish()
  return running
}

describe('wait', () => {
  it('on a terminal gives the result of an update that somebody requested', async () => {
    const {exitCode, stdout} = await attached([], {tty: true, env: {NO_COLOR: '1'}})
    expect({exitCode, stdout}).toMatchInlineSnapshot(`
      {
        "exitCode": 0,
        "stdout": "✓ alu  updated  release 1, not published, in 1m 30s
      ",
      }
    `)
  })

  it('in a pipe tells the changes on stderr', async () => {
    expect(await attached()).toMatchInlineSnapshot(`
      {
        "exitCode": 0,
        "stderr": "alu: queued, next to run
      alu: updated
      ",
        "stdout": "✓ alu  updated  release 1, not published, in 1m 30s
      ",
      }
    `)
  })

  it('with --json gives the document that update gives', async () => {
    const {exitCode, stdout} = await attached(['--json'])
    expect(exitCode).toBe(0)
    expect(JSON.parse(stdout)).toMatchInlineSnapshot(`
      {
        "updates": [
          {
            "bank": "alu",
            "cancel": null,
            "earlier": false,
            "endedAt": "2026-11-21T09:01:30Z",
            "error": null,
            "exitCode": 0,
            "logLines": [],
            "outcome": "updated",
            "process": null,
            "processErrors": null,
            "published": false,
            "reason": null,
            "release": "1",
            "resume": null,
            "startedAt": "2026-11-21T09:00:00Z",
            "step": null,
            "subStep": null,
            "watchEnded": null,
          },
        ],
      }
    `)
  })

  it('with --quiet prints the banks that are well', async () => {
    expect(await attached(['--quiet'])).toEqual({exitCode: 0, stdout: 'alu\n', stderr: ''})
  })

  it('needs no key', async () => {
    expect(await attached([], {env: {BIOMAJ_APIKEY: ''}})).toMatchObject({exitCode: 0})
  })

  it('takes up an update in the middle of its run', async () => {
    cluster.script('alu', {kind: 'updated', release: '2', processes: ['M_index']})
    await ask('alu')
    cluster.advance(8)
    const running = wait(['--bank', 'alu'])
    await cluster.waitForRequest(({path}) => path.endsWith('/log/300'))
    cluster.finish()
    const {exitCode, stderr} = await running
    expect({exitCode, stderr}).toMatchInlineSnapshot(`
      {
        "exitCode": 0,
        "stderr": "alu: postprocess, M_index (step 7 of 9)
      alu: updated
      ",
      }
    `)
  })

  it('says where a bank stands in the queue', async () => {
    await ask('pfam,silva,alu')
    const {exitCode, stderr} = await wait(['--bank', 'alu', '--timeout', '0'])
    expect({exitCode, stderr}).toEqual({exitCode: 8, stderr: 'alu: queued, number 3 in line\n'})
    cluster.advance(4)
    expect((await wait(['--bank', 'silva', '--timeout', '0'])).stderr).toBe('silva: queued, next after pfam\n')
  })

  it('tells how the last update ended where none runs', async () => {
    cluster.script('alu', {kind: 'process-fails', release: '5', processes: ['M_blast'], failing: 'M_blast'})
    await ask('alu,pfam')
    cluster.finish()
    later(3600)
    const {exitCode, stdout} = await wait(['alu', 'pfam'])
    expect({exitCode, stdout}).toMatchInlineSnapshot(`
      {
        "exitCode": 9,
        "stdout": "✗ alu   failed  at postprocess, in the process M_blast, in under 1s, on 2026-11-21T09:00:00Z
          Process M_blast failed
        What the process itself wrote is on the server, in
          /var/lib/biomaj/data/log/alu/1795251601/M_blast.err
        The log: biomaj logs --bank alu
        Once its cause is gone: biomaj update --bank alu --wait
      ✓ pfam  updated  release 1, not published, in under 1s, on 2026-11-21T09:00:00Z
      No update runs or waits now: so the last one ended.
      ",
      }
    `)
  })

  it('does not take the log of the run before for that of one that was refused at once', async () => {
    cluster.script('alu', {kind: 'process-fails', release: '5', processes: ['M_blast'], failing: 'M_blast'})
    await ask('alu')
    cluster.finish()
    later(60)
    await ask('alu')
    cluster.state.locks.add('biomaj')
    cluster.finish()
    const {stdout} = await wait(['--bank', 'alu'])
    expect(stdout).toMatch(/^✗ alu {2}failed {2}at init/)
    expect(stdout).not.toContain('M_blast')
  })

  it.each([
    {bank: 'silva', exitCode: 6, says: 'No update of silva runs or waits, and the history knows of none'},
    {bank: 'nosuchbank', exitCode: 5, says: 'There is no bank "nosuchbank" on this cluster'},
  ])('exits $exitCode for $bank', async ({bank, exitCode, says}) => {
    const run = await wait(['--bank', bank])
    expect([run.exitCode, run.stdout]).toEqual([exitCode, expect.stringContaining(says)])
  })

  it('does not wait for a daemon that only still names the bank', async () => {
    cluster.state.daemons = [{id: 'daemon-1', says: 'alu:update', alive: true}]
    expect(await wait(['--bank', 'alu'])).toMatchObject({exitCode: 6})
  })

  it('does not take a removal for an update', async () => {
    cluster.state.daemons = [{id: 'daemon-1', says: 'alu:remove', alive: false}]
    cluster.state.locks.add('alu')
    expect(await wait(['--bank', 'alu'])).toMatchObject({exitCode: 6})
  })
})
