import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import Logs from '../../src/commands/logs.js'
import Update from '../../src/commands/update.js'
import {BiomajError} from '../../src/shared/errors.js'
import {type FaultProxy, startFaultProxy} from '../support/fault-proxy/index.js'
import type {RunCommandOptions} from '../support/run-command.js'
import type {ScriptedCluster} from '../support/scripted-cluster/index.js'
import {runAgainst} from './against.js'
import {updatesScene} from './updates-scene.js'

let cluster: ScriptedCluster
let proxy: FaultProxy

beforeEach(async () => {
  cluster = (await updatesScene()).cluster
  proxy = await startFaultProxy({target: cluster.url})
  await runAgainst(cluster, Update, ['--bank', 'alu'])
  cluster.finish()
})
afterEach(async () => {
  await proxy.stop()
  await cluster.stop()
})

const logs = async (argv: string[], options?: RunCommandOptions) => runAgainst(proxy, Logs, argv, options)
const write = (...lines: string[]) => cluster.bank('alu').log?.push(...lines)

describe('logs', () => {
  it.each([{tty: true}, {tty: false}])('shows the last lines (terminal: $tty)', async ({tty}) => {
    expect(await logs(['--bank', 'alu', '--tail', '3'], {tty})).toMatchInlineSnapshot(`
      {
        "exitCode": 0,
        "stderr": "",
        "stdout": "2026-11-21 09:00:00,000 INFO  [root][MainThread] Workflow:wf_over
      2026-11-21 09:00:00,000 INFO  [root][MainThread] Notify:none
      2026-11-21 09:00:00,000 INFO  [root][MainThread] Biomaj:Daemon:alu:over
      ",
      }
    `)
  })

  it('with --json gives one document', async () => {
    const {exitCode, stdout} = await logs(['--bank', 'alu', '--tail', '2', '--json'])
    expect(exitCode).toBe(0)
    expect(JSON.parse(stdout)).toMatchInlineSnapshot(`
      {
        "bank": "alu",
        "lines": [
          "2026-11-21 09:00:00,000 INFO  [root][MainThread] Notify:none",
          "2026-11-21 09:00:00,000 INFO  [root][MainThread] Biomaj:Daemon:alu:over",
        ],
      }
    `)
  })

  it('shows all of it with --tail 0', async () => {
    write(...Array.from({length: 3000}, (_, index) => `line ${index}`))
    const {stdout} = await logs(['--bank', 'alu', '--tail', '0', '--quiet'])
    expect(stdout.split('\n').length).toBe((cluster.bank('alu').log?.length ?? 0) + 1)
  })

  it('shows nothing that a terminal would obey, and no line ends of another system', async () => {
    write('\u001B[31mred\u001B[0m \u001B]52;c;ZXZpbA==\u0007\u202Eand\u009B2J more\r', 'é ünd 漢字')
    expect((await logs(['--bank', 'alu', '--tail', '2'])).stdout).toBe('red and more\né ünd 漢字\n')
  })

  it.each([
    {bank: 'pfam', exitCode: 1, says: 'This bank has no log yet'},
    {bank: 'nosuchbank', exitCode: 5, says: 'There is no bank "nosuchbank"'},
    {bank: 'alu,pfam', exitCode: 2, says: 'One bank at a time'},
    {bank: 'theirs', exitCode: 4, says: 'Only its owner and administrators may read the log'},
  ])('exits $exitCode for $bank', async ({bank, exitCode, says}) => {
    cluster.bank('theirs').visibility = 'private'
    const run = await logs(['--bank', bank])
    expect([run.exitCode, run.stdout, run.stderr]).toEqual([exitCode, '', expect.stringContaining(says)])
  })
})

/** The log was read that often, and answered as it was then. */
async function looked(number: number, {requests, waitForRequest}: Seer = seer(cluster)): Promise<void> {
  await waitForRequest(request => requests.filter(({path}) => path.includes('/log/'))[number - 1] === request)
}

type Seer = Pick<ScriptedCluster, 'requests' | 'waitForRequest'>

function seer(to: ScriptedCluster | FaultProxy): Seer {
  return {requests: to.requests, waitForRequest: async predicate => to.waitForRequest(predicate)}
}

const looks = () => cluster.requests.filter(({path}) => path.includes('/log/')).length

/** Follows until all acts are done, each after a look at the log, and some looks more; then presses Ctrl-C. */
async function followed(argv: string[], acts: (() => unknown)[], looksAfter = 2) {
  const interruption = new AbortController()
  const running = logs(['--bank', 'alu', '--follow', ...argv], {signal: interruption.signal})
  for (const act of acts) {
    await looked(looks() + 1)
    await act()
  }
  const then = looks()
  // The last of them comes after the answer to the one before was shown.
  await looked(then + looksAfter)
  interruption.abort(new BiomajError({code: 'interrupted', message: 'Interrupted'}))
  return running
}

describe('logs --follow', () => {
  it('shows each new line once, and ends with Ctrl-C', async () => {
    const run = await followed(['--tail', '1'], [() => write('one', 'two'), () => write('two', 'two')])
    expect(run).toMatchInlineSnapshot(`
      {
        "exitCode": 130,
        "stderr": "",
        "stdout": "2026-11-21 09:00:00,000 INFO  [root][MainThread] Biomaj:Daemon:alu:over
      one
      two
      two
      two
      ",
      }
    `)
  })

  it('with --json gives one object for each line, and nothing else', async () => {
    const run = await followed(['--tail', '1', '--json'], [() => write('one')])
    expect(run).toMatchInlineSnapshot(`
      {
        "exitCode": 130,
        "stderr": "",
        "stdout": "{"bank":"alu","line":"2026-11-21 09:00:00,000 INFO  [root][MainThread] Biomaj:Daemon:alu:over"}
      {"bank":"alu","line":"one"}
      ",
      }
    `)
  })

  it('goes on with the log of the next run, and says so', async () => {
    const run = await followed(
      ['--tail', '1'],
      [
        async () => {
          await runAgainst(cluster, Update, ['--bank', 'alu', '--from-scratch'])
          cluster.advance(2)
        },
      ],
    )
    expect(run).toMatchInlineSnapshot(`
      {
        "exitCode": 130,
        "stderr": "What follows is the log of the next run of alu.
      ",
        "stdout": "2026-11-21 09:00:00,000 INFO  [root][MainThread] Biomaj:Daemon:alu:over
      2026-11-21 09:00:00,000 INFO  [root][MainThread] Log file: /var/lib/biomaj/data/log/alu/1795251603/alu.log
      2026-11-21 09:00:00,000 WARNI [root][MainThread] Bank:alu:Update
      2026-11-21 09:00:00,000 INFO  [root][MainThread] Bank:alu:Release:latest
      2026-11-21 09:00:00,000 INFO  [root][MainThread] Workflow:Start
      2026-11-21 09:00:00,000 INFO  [root][MainThread] Workflow:Start:init
      2026-11-21 09:00:00,000 INFO  [root][MainThread] Workflow:wf_init
      2026-11-21 09:00:00,000 INFO  [root][MainThread] Workflow:Start:check
      2026-11-21 09:00:00,000 INFO  [root][MainThread] Workflow:wf_check
      ",
      }
    `)
  })

  it('keeps up with five thousand lines a second', async () => {
    const flood = Array.from({length: 7500}, (_, index) => `2026-11-21 09:00:00,000 INFO  [root][MainThread] ${index}`)
    // Asked for in three larger and larger windows.
    const {stdout, stderr} = await followed(['--tail', '1'], [() => write(...flood)], 4)
    expect(stdout.split('\n').slice(1, -1)).toEqual(flood)
    expect(stderr).toBe('')
  })

  it('says where lines are missing', async () => {
    const flood = Array.from({length: 40_000}, (_, index) => `line ${index}`)
    const {stdout, stderr} = await followed(['--tail', '1'], [() => write(...flood)], 5)
    expect(stdout).toContain('\nline 39999\n')
    expect(stderr).toBe('! Warning: Lines were written faster than they could be read; some are missing here.\n')
  })

  it('shows a line again that was read while it was being written', async () => {
    const {stdout} = await followed(
      ['--tail', '1'],
      [() => write('half of a li'), () => cluster.bank('alu').log?.splice(-1, 1, 'half of a line')],
    )
    expect(stdout.split('\n').slice(1)).toEqual(['half of a li', 'half of a line', ''])
  })

  it('waits for a cluster that is away, and tells of it once', async () => {
    const run = await followed(
      ['--tail', '1'],
      [
        async () => {
          const before = proxy.requests.length
          proxy.inject({kind: 'status', status: 502})
          await proxy.waitForRequest(request => proxy.requests.indexOf(request) === before + 1)
          await proxy.heal()
          write('back')
        },
      ],
    )
    expect(run).toMatchInlineSnapshot(`
      {
        "exitCode": 130,
        "stderr": "! Warning: The cluster cannot answer now (HTTP 502 to GET /api/daemon/bank/alu/log/500); trying again
      The cluster answers again.
      ",
        "stdout": "2026-11-21 09:00:00,000 INFO  [root][MainThread] Biomaj:Daemon:alu:over
      back
      ",
      }
    `)
  })

  it('ends a stream of JSON objects with one for what went wrong', async () => {
    const running = logs(['--bank', 'alu', '--follow', '--tail', '1', '--json'])
    await looked(1)
    cluster.bank('alu').visibility = 'private'
    cluster.bank('alu').owner = 'joe'
    const {exitCode, stdout} = await running
    expect(exitCode).toBe(4)
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map(line => JSON.parse(line) as object),
    ).toMatchObject([{bank: 'alu'}, {error: {code: 'forbidden', exitCode: 4}}])
  })
})
