import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import Update from '../../src/commands/update.js'
import {BiomajError} from '../../src/shared/errors.js'
import {aRelease, type Outcome, type ScriptedCluster} from '../support/scripted-cluster/index.js'
import type {RunCommandOptions} from '../support/run-command.js'
import {runAgainst} from './against.js'
import {lookAfterRequest, updateRequests, updatesScene} from './updates-scene.js'

let cluster: ScriptedCluster
let later: (seconds: number) => void

beforeEach(async () => {
  const scene = await updatesScene()
  cluster = scene.cluster
  later = scene.later
})
afterEach(async () => cluster.stop())

const update = async (argv: string[], options?: RunCommandOptions) => runAgainst(cluster, Update, argv, options)

/** Waits for the update of `alu`, whose run takes a minute and a half after the first look. */
async function awaited(argv: string[] = [], options?: RunCommandOptions) {
  const running = update(['--bank', 'alu', '--wait', '--poll', '100ms', ...argv], options)
  await lookAfterRequest(cluster)
  // Into the run, past its first step.
  cluster.advance(2)
  later(90)
  cluster.finish()
  return running
}

const fails: Outcome = {kind: 'process-fails', release: '5', processes: ['M_index', 'M_blast'], failing: 'M_blast'}

describe('update', () => {
  it('on a terminal says that the request was sent, and how to wait for the result', async () => {
    expect(await update(['--bank', 'alu'], {tty: true, env: {NO_COLOR: '1'}})).toMatchInlineSnapshot(`
      {
        "exitCode": 0,
        "stderr": "",
        "stdout": "→ alu  update requested
        Wait for the result: biomaj wait --bank alu
      ",
      }
    `)
  })

  it('in a pipe says the same in one line for each bank', async () => {
    expect(await update(['alu', 'pfam'])).toMatchInlineSnapshot(`
      {
        "exitCode": 0,
        "stderr": "",
        "stdout": "→ alu   update requested
      → pfam  update requested
      Wait for the result: biomaj wait --bank alu,pfam
      ",
      }
    `)
    expect(cluster.state.queue.map(({bank}) => bank)).toEqual(['alu', 'pfam'])
  })

  it('with --json gives one document', async () => {
    const {exitCode, stdout, stderr} = await update(['--bank', 'alu', '--json'])
    expect({exitCode, stderr}).toEqual({exitCode: 0, stderr: ''})
    expect(JSON.parse(stdout)).toMatchInlineSnapshot(`
      {
        "updates": [
          {
            "bank": "alu",
            "cancel": "biomaj cancel --bank alu",
            "earlier": false,
            "endedAt": null,
            "error": null,
            "exitCode": 0,
            "logLines": [],
            "outcome": "requested",
            "process": null,
            "processErrors": null,
            "published": null,
            "reason": null,
            "release": null,
            "resume": "biomaj wait --bank alu",
            "startedAt": null,
            "step": null,
            "subStep": null,
            "watchEnded": null,
          },
        ],
      }
    `)
  })

  it('with --quiet prints the banks that were asked for', async () => {
    expect(await update(['--bank', 'alu,theirs,pfam', '--quiet'])).toEqual({
      exitCode: 4,
      stdout: 'alu\npfam\n',
      stderr: '',
    })
  })

  it('refuses a bank of somebody else, and asks for the others in the order of the user', async () => {
    expect(await update(['--bank', 'silva,theirs,nosuchbank,alu'])).toMatchInlineSnapshot(`
      {
        "exitCode": 4,
        "stderr": "",
        "stdout": "→ silva       update requested
      ✗ theirs      not requested  You are not the owner of theirs
        Its owner or an administrator may; \`biomaj about-me --banks\` shows what you own.
      ✗ nosuchbank  not requested  There is no bank "nosuchbank" on this cluster
        See \`biomaj banks\` for those that you may see.
      → alu         update requested
      4 banks: 2 requested, 2 not requested
      Wait for the result: biomaj wait --bank silva,alu
      ",
      }
    `)
    expect(cluster.state.queue.map(({bank}) => bank)).toEqual(['silva', 'alu'])
  })

  it('with --json gives the reason for each bank', async () => {
    const {exitCode, stdout} = await update(['--bank', 'theirs', '--json'])
    expect(exitCode).toBe(4)
    expect((JSON.parse(stdout) as {updates: unknown[]}).updates[0]).toMatchObject({
      outcome: 'refused',
      error: {code: 'forbidden', message: 'You are not the owner of theirs', exitCode: 4},
      exitCode: 4,
      resume: null,
      cancel: null,
    })
  })
})

describe('update --wait', () => {
  it('on a terminal shows the release', async () => {
    cluster.script('alu', {kind: 'updated', release: '2026-11', processes: ['M_index']})
    const {exitCode, stdout} = await awaited([], {tty: true, env: {NO_COLOR: '1'}})
    expect({exitCode, stdout}).toMatchInlineSnapshot(`
      {
        "exitCode": 0,
        "stdout": "✓ alu  updated  release 2026-11, not published, in 1m 30s
      ",
      }
    `)
  })

  it('in a pipe tells each change on stderr and the result on stdout', async () => {
    expect(await awaited(['--publish'])).toMatchInlineSnapshot(`
      {
        "exitCode": 0,
        "stderr": "alu: queued, next to run
      alu: updated
      ",
        "stdout": "✓ alu  updated  release 1, published, in 1m 30s
      ",
      }
    `)
    expect(cluster.bank('alu').current).not.toBeNull()
  })

  it('colours marks on a terminal, and nothing in a pipe', async () => {
    const {stdout} = await awaited([], {tty: true})
    // oxlint-disable-next-line no-control-regex
    expect(stdout).toMatch(/^\u001B\[32m✓\u001B\[39m \u001B\[1malu/)
  })

  it('with --json gives one document', async () => {
    const {exitCode, stdout} = await awaited(['--json'])
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

  it('tells step, process and file of a process that failed, and exits 9', async () => {
    cluster.script('alu', fails)
    expect(await awaited()).toMatchInlineSnapshot(`
      {
        "exitCode": 9,
        "stderr": "alu: queued, next to run
      alu: failed
      ",
        "stdout": "✗ alu  failed  at postprocess, in the process M_blast, in 1m 30s
          Process M_blast failed
        What the process itself wrote is on the server, in
          /var/lib/biomaj/data/log/alu/1795251601/M_blast.err
        The log: biomaj logs --bank alu
        Once its cause is gone: biomaj update --bank alu --wait
      ",
      }
    `)
  })

  it('gives the same facts as JSON', async () => {
    cluster.script('alu', fails)
    const {exitCode, stdout} = await awaited(['--json'])
    expect(exitCode).toBe(9)
    expect(JSON.parse(stdout)).toMatchInlineSnapshot(`
      {
        "updates": [
          {
            "bank": "alu",
            "cancel": null,
            "earlier": false,
            "endedAt": "2026-11-21T09:01:30Z",
            "error": {
              "code": "update_failed",
              "exitCode": 9,
              "message": "alu: failed at postprocess, in the process M_blast, in 1m 30s",
            },
            "exitCode": 9,
            "logLines": [
              "Process M_blast failed",
            ],
            "outcome": "failed",
            "process": "M_blast",
            "processErrors": "/var/lib/biomaj/data/log/alu/1795251601/M_blast.err",
            "published": null,
            "reason": "The process M_blast failed",
            "release": null,
            "resume": null,
            "startedAt": "2026-11-21T09:00:00Z",
            "step": "postprocess",
            "subStep": null,
            "watchEnded": null,
          },
        ],
      }
    `)
  })

  it('breaks a long reason at words on a terminal', async () => {
    const reason =
      'Workflow:download:Exception:the mirror answered that it is closed for maintenance until the end of the week'
    cluster.script('alu', {kind: 'fails', step: 'download', reason})
    const {stdout} = await awaited([], {tty: true, env: {NO_COLOR: '1'}})
    expect(stdout).toMatchInlineSnapshot(`
      "✗ alu  failed  at download, in 1m 30s
        the mirror answered that it is closed for maintenance until the end of the
        week
        The log: biomaj logs --bank alu
        Once its cause is gone: biomaj update --bank alu --wait
      "
    `)
  })

  it('makes what the cluster wrote safe', async () => {
    cluster.script('alu', {
      kind: 'fails',
      step: 'download',
      reason: 'bad\u001B[2Jnews\u001B]0;title\u0007 \u202Efor you',
    })
    const {stdout, stderr} = await awaited()
    expect(stdout).toContain('badnews for you')
    // oxlint-disable-next-line no-control-regex
    expect(stdout + stderr).not.toMatch(/[\u001B\u202E]/)
  })

  it('exits 10 for an update that somebody cancelled', async () => {
    cluster.state.cancelRequests.add('alu')
    const run = await awaited()
    expect(run).toMatchObject({exitCode: 10, stdout: expect.stringMatching(/^■ alu {2}cancelled/) as string})
  })

  it('exits 0 for what is up to date', async () => {
    cluster.bank('alu').releases.push(aRelease('4'))
    const {exitCode, stdout} = await awaited()
    expect({exitCode, stdout}).toEqual({exitCode: 0, stdout: '= alu  already up to date  release 4, not published\n'})
  })

  it('exits 0 for a run that stopped where it was told to', async () => {
    const {exitCode, stdout} = await awaited(['--stop-after', 'download'])
    expect({exitCode, stdout}).toEqual({exitCode: 0, stdout: '■ alu  stopped where you asked  in 1m 30s\n'})
  })

  it('exits 8 when the time is over, with the commands that go on', async () => {
    const run = await update(['--bank', 'alu', '--wait', '--timeout', '0'])
    expect(run).toMatchInlineSnapshot(`
      {
        "exitCode": 8,
        "stderr": "alu: queued, next to run
      ",
        "stdout": "… alu  still running
        Come back: biomaj wait --bank alu
        Cancel:    biomaj cancel --bank alu
      ",
      }
    `)
  })

  it('goes on with the other banks when one is refused, and keeps the order', async () => {
    const running = update(['theirs', 'alu', 'pfam', '--wait', '--poll', '100ms', '--json'])
    await lookAfterRequest(cluster, 4)
    cluster.finish()
    const {exitCode, stdout} = await running
    const {updates} = JSON.parse(stdout) as {updates: {bank: string; outcome: string}[]}
    expect(exitCode).toBe(4)
    expect(updates.map(({bank, outcome}) => [bank, outcome])).toEqual([
      ['theirs', 'refused'],
      ['alu', 'updated'],
      ['pfam', 'updated'],
    ])
  })

  it.each([
    ['', /^■ alu {2}cancel requested {2}it ends when its turn comes\n {2}See how it ends: biomaj wait --bank alu\n$/],
    [
      '--json',
      /"outcome": "running"[^]*"cancelRequested": true[^]*"resume": "biomaj wait --bank alu",\s*"cancel": null/,
    ],
  ])('says of an interrupted update that it was cancelled, and offers no cancel: %s', async (form, says) => {
    const interruption = new AbortController()
    const argv = ['--bank', 'alu', '--wait', '--cancel-on-interrupt', ...(form === '' ? [] : [form])]
    const running = update(argv, {signal: interruption.signal})
    await lookAfterRequest(cluster, 1)
    interruption.abort(new BiomajError({code: 'interrupted', message: 'Stop'}))
    const {exitCode, stdout} = await running
    expect([exitCode, [...cluster.state.cancelRequests]]).toEqual([130, ['alu']])
    expect(stdout).toMatch(says)
  })

  it.each([
    ['interrupted', 130],
    ['terminated', 143],
  ] as const)('when %s says what goes on, and exits %i', async (code, exitCode) => {
    const interruption = new AbortController()
    const running = update(['--bank', 'alu', '--wait', '--json'], {signal: interruption.signal})
    await lookAfterRequest(cluster, 1)
    interruption.abort(new BiomajError({code, message: 'Stop'}))
    const run = await running
    expect(run.exitCode).toBe(exitCode)
    expect((JSON.parse(run.stdout) as {updates: unknown[]}).updates).toMatchObject([
      {
        outcome: 'running',
        watchEnded: 'interrupted',
        error: {code, exitCode},
        exitCode,
        resume: 'biomaj wait --bank alu',
        cancel: 'biomaj cancel --bank alu',
      },
    ])
  })
})

describe('update, before it asks', () => {
  const refusals: {argv: string[]; says: string; exitCode: number; prepare?: () => void}[] = [
    {argv: ['--from-task', 'nosuchstep'], says: '--from-task: there is no step "nosuchstep"', exitCode: 2},
    {argv: ['--process', 'BLAST'], says: '--process names where to start again', exitCode: 2},
    {argv: ['--timeout', '6h'], says: '--timeout is about waiting', exitCode: 2},
    {argv: ['--cancel-on-interrupt'], says: '--cancel-on-interrupt is about waiting', exitCode: 2},
    {argv: ['--wait', '--poll', '0'], says: '--poll is too short', exitCode: 2},
    {argv: ['--async', '--follow'], says: '--async and --follow', exitCode: 2},
    {argv: ['--release', '1999'], says: 'alu has no release 1999 in production', exitCode: 5},
    {argv: ['--from-task', 'postprocess'], says: 'alu never ran', exitCode: 1},
    {argv: [], says: 'The cluster is in maintenance', exitCode: 6, prepare: () => cluster.state.locks.add('biomaj')},
    {
      argv: [],
      says: 'alu is locked although no daemon works on it',
      exitCode: 6,
      prepare: () => cluster.state.locks.add('alu'),
    },
    {
      argv: [],
      says: 'alu is at work (repair)',
      exitCode: 6,
      prepare: () => {
        cluster.state.daemons = [{id: 'daemon-1', says: 'alu:repair', alive: false}]
        cluster.state.locks.add('alu')
      },
    },
  ]
  it.each(refusals)('refuses $argv: $says', async ({argv, says, exitCode, prepare}) => {
    prepare?.()
    const run = await update(['--bank', 'alu', ...argv])
    expect([run.exitCode, run.stdout + run.stderr]).toEqual([exitCode, expect.stringContaining(says)])
    expect(updateRequests(cluster)).toBe(0)
  })

  it.each([
    {env: {BIOMAJ_APIKEY: ''}, says: 'Changing alu needs an API key'},
    {env: {BIOMAJ_APIKEY: 'WRONGKEY00'}, says: 'The cluster does not know your API key'},
    {env: {BIOMAJ_APIKEY: 'JOEKEY0001'}, says: 'You are not the owner of alu'},
  ])('exits 4 and sends nothing: $says', async ({env, says}) => {
    const run = await update(['--bank', 'alu'], {env})
    expect([run.exitCode, run.stdout]).toEqual([4, expect.stringContaining(says)])
    expect(updateRequests(cluster)).toBe(0)
  })

  it('refuses to start again behind a step that failed', async () => {
    cluster.script('alu', fails)
    await awaited()
    const run = await update(['--bank', 'alu', '--from-task', 'publish'])
    expect(run).toMatchInlineSnapshot(`
      {
        "exitCode": 1,
        "stderr": "",
        "stdout": "✗ alu  not requested  alu cannot start again at publish: its last run did not get through postprocess
        Start at that step: --from-task postprocess.
      ",
      }
    `)
    expect(updateRequests(cluster)).toBe(1)
  })

  it('joins an update that waits already', async () => {
    await update(['--bank', 'alu'])
    expect(await update(['--bank', 'alu'])).toMatchInlineSnapshot(`
      {
        "exitCode": 0,
        "stderr": "",
        "stdout": "→ alu  update under way  an update waits in the queue already
        Wait for the result: biomaj wait --bank alu
      ",
      }
    `)
    expect(updateRequests(cluster)).toBe(1)
  })

  it.each([
    {argv: ['--fail-if-running'], says: 'An update of alu waits in the queue already'},
    {argv: ['--publish'], says: 'An update of alu waits in the queue already, without your options'},
  ])('does not join with $argv', async ({argv, says}) => {
    await update(['--bank', 'alu'])
    const run = await update(['--bank', 'alu', ...argv])
    expect([run.exitCode, run.stdout]).toEqual([6, expect.stringContaining(says)])
    expect(updateRequests(cluster)).toBe(1)
  })

  it('asks, where a daemon only still names the bank that a refused request threw it off', async () => {
    cluster.state.daemons = [{id: 'daemon-1', says: 'alu:update', alive: true}]
    const run = await awaited()
    expect(run).toMatchObject({exitCode: 0, stdout: expect.stringContaining('updated') as string})
  })

  it('asks for a thousand banks in their order, and knows the end of each when all ended between two looks', async () => {
    const names = Array.from({length: 1000}, (_, index) => `bank${index}`)
    for (const name of names) cluster.state.banks.set(name, {...cluster.bank('alu'), name, outcomes: [], releases: []})
    const running = update(['--bank', names.join(','), '--wait', '--poll', '100ms', '--quiet'])
    await cluster.waitForRequest(({path}) => path.endsWith('/bank999/status'))
    await cluster.waitForRequest(
      ({path}) => path === '/api/daemon/whatsup' && cluster.state.queue.length === names.length,
    )
    expect(cluster.state.queue.map(({bank}) => bank)).toEqual(names)
    for (const name of names) cluster.bank(name).releases = []
    cluster.finish()
    expect(await running).toEqual({exitCode: 0, stdout: `${names.join('\n')}\n`, stderr: ''})
  })
})
