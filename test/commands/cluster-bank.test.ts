import {existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import BankAdd from '../../src/commands/cluster/bank/add.js'
import BankList from '../../src/commands/cluster/bank/list.js'
import BankRemove from '../../src/commands/cluster/bank/remove.js'
import BankTemplates from '../../src/commands/cluster/bank/templates.js'
import UserAdd from '../../src/commands/cluster/user/add.js'
import {type CommandClass, type CommandRun, runCommand, type RunCommandOptions} from '../support/run-command.js'

let home: string
let conf: string

beforeEach(async () => {
  home = mkdtempSync(path.join(tmpdir(), 'biomaj-banks-'))
  conf = path.join(home, '.local/share/biomaj/cluster/conf')
  await run(UserAdd, ['jane'])
})

afterEach(() => rmSync(home, {recursive: true}))

async function run(Class: CommandClass, argv: string[], options: RunCommandOptions = {}): Promise<CommandRun> {
  const {stdout, stderr, exitCode} = await runCommand(Class, argv, {home, env: {NO_COLOR: '1'}, ...options})
  return {exitCode, stdout: stdout.replaceAll(home, 'HOME'), stderr: stderr.replaceAll(home, 'HOME')}
}

const add = async (...argv: string[]) => await run(BankAdd, [...argv, '--owner', 'jane'])

describe('cluster bank add', () => {
  it('says where the file is and what to do next', async () => {
    expect(await run(BankAdd, ['pfam', '--owner', 'jane'], {tty: true})).toEqual({
      exitCode: 0,
      stdout:
        '✓ pfam is a bank of jane now.\n  Its properties: HOME/.local/share/biomaj/cluster/conf/pfam.properties\n' +
        '  Update it with `biomaj update --bank pfam --wait`.\n',
      stderr: '',
    })
    expect(readFileSync(path.join(conf, 'pfam.properties'), 'utf8')).toContain('db.name=pfam')
  })

  it('takes a file of one’s own, and gives all of it to a script', async () => {
    writeFileSync(path.join(home, 'mine.properties'), '[GENERAL]\ndb.name=mine\nvisibility.default=private\n')
    const {stdout} = await add('mine', '--file', 'mine.properties', '--json')
    const file = 'HOME/.local/share/biomaj/cluster/conf/mine.properties'
    expect(JSON.parse(stdout)).toEqual({bank: 'mine', owner: 'jane', file})
    expect((await run(BankList, [])).stdout).toMatch(/^mine {2}jane {3}private/m)
  })

  it('warns of mistakes that would keep it from being updated', async () => {
    const lines = ['db.name=mine', 'protocol=lokal', 'dir.version=mine', 'offline.dir.name=off', 'local.files=.*']
    const rest = [
      'server=localhost',
      'remote.dir=/tmp/',
      'remote.files=.*',
      'db.type=x',
      'db.fullname=Mine',
      'note=50%',
    ]
    writeFileSync(path.join(home, 'mine.properties'), ['[GENERAL]', ...lines, ...rest, ''].join('\n'))
    const {exitCode, stderr} = await add('mine', '--file', 'mine.properties')
    expect(exitCode).toBe(0)
    expect(stderr).toContain('line 3, protocol: ')
    expect(stderr).toContain(
      'No update will run before HOME/.local/share/biomaj/cluster/conf/mine.properties is corrected',
    )
  })

  it.each([
    [['xyzzy'], 2, 'There is no template "xyzzy"'],
    [['../alu', '--template', 'alu'], 2, 'cannot be the name of a bank'],
    [['mine', '--file', 'nosuch.properties'], 2, 'cannot be read: There is no such file'],
    [['mine', '--file', 'broken.properties'], 3, 'The properties of mine, line 1'],
    [['pfam'], 6, 'There is a bank "pfam" already'],
  ])('refuses %j', async (argv, exitCode, why) => {
    await add('pfam')
    writeFileSync(path.join(home, 'broken.properties'), 'db.name=mine\n')
    const run = await add(...argv)
    expect([run.exitCode, run.stdout, run.stderr]).toEqual([exitCode, '', expect.stringContaining(why)])
    expect((await runCommand(BankList, ['--quiet'], {home})).stdout).toBe('pfam\n')
  })

  it('exits 5 for an owner who is no user', async () => {
    expect((await run(BankAdd, ['alu', '--owner', 'nobody'])).exitCode).toBe(5)
  })
})

describe('cluster bank list', () => {
  it('shows names of files at a terminal, and whole paths in a pipe', async () => {
    await add('alu')
    await add('silva')
    rmSync(path.join(conf, 'silva.properties'))
    expect(await run(BankList, [], {tty: true})).toMatchInlineSnapshot(`
      {
        "exitCode": 0,
        "stderr": "Files are in ~/.local/share/biomaj/cluster/conf.
      ",
        "stdout": "BANK   OWNER  VISIBILITY  RELEASES  PUBLISHED  FILE
      alu    jane   public             0  -          alu.properties
      silva  jane   public             0  -          ✗ gone
      ",
      }
    `)
    expect(await run(BankList, [])).toMatchInlineSnapshot(`
      {
        "exitCode": 0,
        "stderr": "",
        "stdout": "BANK   OWNER  VISIBILITY  RELEASES  PUBLISHED  FILE
      alu    jane   public             0  -          HOME/.local/share/biomaj/cluster/conf/alu.properties
      silva  jane   public             0  -          ✗ gone
      ",
      }
    `)
    const {banks} = JSON.parse((await run(BankList, ['--json'])).stdout) as {banks: unknown[]}
    expect(banks).toMatchObject([
      {name: 'alu', releases: 0, publishedRelease: null},
      {name: 'silva', file: null},
    ])
  })

  it('says how to get a first one', async () => {
    expect((await run(BankList, [])).stdout).toBe('No banks yet. Add one with `biomaj cluster bank add NAME`.\n')
  })

  it('exits 3 for a file of settings that cannot be read', async () => {
    const run = await runCommand(BankList, ['--config', 'nosuch.properties', '--json'], {home})
    expect([run.exitCode, JSON.parse(run.stdout)]).toMatchObject([3, {error: {code: 'config_invalid'}}])
  })
})

describe('cluster bank remove', () => {
  beforeEach(async () => {
    await add('alu')
  })

  it('wants the name at a terminal', async () => {
    const other = await run(BankRemove, ['alu'], {tty: true, input: 'yes\n'})
    expect([other.exitCode, other.stderr]).toEqual([1, expect.stringContaining('"yes" is not the name of the bank')])
    expect(existsSync(path.join(conf, 'alu.properties'))).toBe(true)
    const right = await run(BankRemove, ['alu'], {tty: true, input: 'alu\n'})
    expect([right.exitCode, right.stdout]).toEqual([0, '✓ alu is no bank of this cluster any more.\n'])
    expect(existsSync(path.join(conf, 'alu.properties'))).toBe(false)
  })

  it('wants --confirm in a pipe, with the very name', async () => {
    const unasked = await run(BankRemove, ['alu'])
    expect([unasked.exitCode, unasked.stderr]).toEqual([2, expect.stringContaining('--confirm alu')])
    expect((await run(BankRemove, ['alu', '--confirm', 'silva'])).exitCode).toBe(2)
    const removed = await run(BankRemove, ['alu', '--confirm', 'alu', '--json'])
    expect([removed.exitCode, JSON.parse(removed.stdout)]).toEqual([0, {bank: 'alu', releasesLeft: 0}])
    expect((await run(BankRemove, ['alu', '--confirm', 'alu'])).exitCode).toBe(5)
  })
})

describe('cluster bank templates', () => {
  it('names templates that can be added', async () => {
    const names = (await run(BankTemplates, ['--quiet'])).stdout.trimEnd().split('\n')
    expect(names).toEqual(expect.arrayContaining(['alu', 'uniprot', 'pfam']))
    const codes: number[] = []
    for (const name of names) codes.push((await add(name)).exitCode)
    expect(codes).toEqual(names.map(() => 0))
  })
})
