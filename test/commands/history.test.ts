import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import History from '../../src/commands/history.js'
import {aBank, type ScriptedCluster, startScriptedCluster} from '../support/scripted-cluster/index.js'
import {runAgainst} from './against.js'

const at = Date.UTC(2026, 0, 15, 11) / 1000

let cluster: ScriptedCluster

beforeEach(async () => {
  cluster = await startScriptedCluster({
    banks: [aBank('alu'), aBank('pfam'), aBank('silva')],
    history: [
      {bank: 'alu', action: 'update', start: at, end: at + 7500, updated: true, error: false},
      {bank: 'alu', action: 'update', start: at + 10_000, end: at + 10_004, updated: false, error: false},
      {bank: 'pfam', action: 'update', start: at + 20_000, end: at + 20_065, updated: true, error: true},
      {bank: 'alu', action: 'remove', start: at + 30_000, end: at + 30_000, updated: null, error: false},
    ],
  })
})

afterEach(async () => cluster.stop())

describe('biomaj history', () => {
  it('lists what ended, the newest first, with instants in a pipe', async () => {
    expect(await runAgainst(cluster, History, [])).toMatchInlineSnapshot(`
      {
        "exitCode": 0,
        "stderr": "",
        "stdout": "BANK  ACTION  OUTCOME       START                 END                   DURATION
      alu   remove  − removed     2026-01-15T19:20:00Z  2026-01-15T19:20:00Z       <1s
      pfam  update  ✗ failed      2026-01-15T16:33:20Z  2026-01-15T16:34:25Z    1m 05s
      alu   update  = up to date  2026-01-15T13:46:40Z  2026-01-15T13:46:44Z        4s
      alu   update  ✓ updated     2026-01-15T11:00:00Z  2026-01-15T13:05:00Z    2h 05m
      ",
      }
    `)
  })

  it('says how long ago on a terminal', async () => {
    const now = Math.floor(Date.now() / 1000)
    cluster.state.history = [
      {bank: 'alu', action: 'update', start: now - 3 * 86_400, end: now - 3 * 86_400 + 60, updated: true, error: false},
      {bank: 'pfam', action: 'update', start: now - 200, end: now - 100, updated: true, error: true},
    ]
    expect((await runAgainst(cluster, History, ['--no-color'], {tty: true})).stdout).toMatchInlineSnapshot(`
      "BANK  ACTION  OUTCOME    START   DURATION
      pfam  update  ✗ failed   3m ago    1m 40s
      alu   update  ✓ updated  3d ago    1m 00s
      "
    `)
  })

  it('gives real types to a script', async () => {
    const {history} = JSON.parse((await runAgainst(cluster, History, ['--json', '--limit', '1'])).stdout)
    expect(history).toMatchInlineSnapshot(`
      [
        {
          "action": "remove",
          "bank": "alu",
          "end": "2026-01-15T19:20:00Z",
          "error": false,
          "start": "2026-01-15T19:20:00Z",
          "updated": false,
        },
      ]
    `)
  })

  it.each([
    [['--bank', 'pfam'], ['pfam']],
    [['pfam'], ['pfam']],
    [
      ['--bank', 'pfam,alu', '--limit', '2'],
      ['alu', 'pfam'],
    ],
    [['--failed'], ['pfam']],
    [['--action', 'remove'], ['alu']],
    [['--bank', 'alu', '--failed'], []],
  ])('%j gives %j', async (argv, banks) => {
    const {history} = JSON.parse((await runAgainst(cluster, History, [...argv, '--json'])).stdout)
    expect(history.map(({bank}: {bank: string}) => bank)).toEqual(banks)
  })

  it('reads further back until enough fits', async () => {
    const older = cluster.state.history
    const newer = Array.from({length: 900}, (_, index) => ({
      bank: 'silva',
      action: 'update' as const,
      start: at + 50_000 + index,
      end: at + 50_000 + index,
      updated: false,
      error: false,
    }))
    cluster.state.history = [...older, ...newer]
    expect((await runAgainst(cluster, History, ['--bank', 'pfam', '--quiet'])).stdout).toBe('pfam\n')
  })

  it('has friendly words for nothing', async () => {
    expect((await runAgainst(cluster, History, ['--bank', 'silva'])).stdout).toBe('No entry in the history fits.\n')
    expect((await runAgainst(cluster, History, ['--bank', 'silva', '--failed'])).stdout).toBe('Nothing failed.\n')
    cluster.state.history = []
    expect((await runAgainst(cluster, History, [])).stdout).toBe('Nothing has run yet.\n')
  })

  it('exits 5 for a bank that does not exist and left no trace, but knows one that was removed', async () => {
    const unknown = await runAgainst(cluster, History, ['--bank', 'nope'])
    expect(unknown).toMatchObject({exitCode: 5, stdout: ''})
    expect(unknown.stderr).toContain('There is no bank "nope"')
    cluster.state.banks.delete('pfam')
    expect((await runAgainst(cluster, History, ['--bank', 'pfam'])).exitCode).toBe(0)
  })

  it('exits 2 for a limit that is none', async () => {
    expect((await runAgainst(cluster, History, ['--limit', '0'])).exitCode).toBe(2)
    expect((await runAgainst(cluster, History, ['--action', 'rename'])).exitCode).toBe(2)
  })
})
