import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import UserAdd from '../../src/commands/cluster/user/add.js'
import UserList from '../../src/commands/cluster/user/list.js'
import UserRemove from '../../src/commands/cluster/user/remove.js'
import UserRenew from '../../src/commands/cluster/user/renew.js'
import BankAdd from '../../src/commands/cluster/bank/add.js'
import {type CommandClass, type CommandRun, runCommand, type RunCommandOptions} from '../support/run-command.js'

let home: string

beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), 'biomaj-users-'))
})

afterEach(() => rmSync(home, {recursive: true}))

async function run(Class: CommandClass, argv: string[], options: RunCommandOptions = {}): Promise<CommandRun> {
  const {stdout, ...rest} = await runCommand(Class, argv, {home, env: {NO_COLOR: '1'}, ...options})
  return {
    ...rest,
    stdout: stdout.replaceAll(/\b[A-Z2-7]{32}\b/g, 'KEY').replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME'),
  }
}

async function keyOf(Class: CommandClass): Promise<unknown> {
  const {stdout} = await runCommand(Class, ['jane', '--json'], {home})
  return (JSON.parse(stdout) as {apiKey: unknown}).apiKey
}

describe('cluster user add', () => {
  it('shows the key once, at a terminal as in a pipe', async () => {
    const stdout = '✓ jane is a user now. API key, shown this once:\nKEY\n'
    expect(await run(UserAdd, ['jane'], {tty: true})).toEqual({exitCode: 0, stdout, stderr: ''})
    expect(await run(UserAdd, ['joe'])).toEqual({exitCode: 0, stdout: stdout.replace('jane', 'joe'), stderr: ''})
    expect((await run(UserAdd, ['ann', '--quiet'])).stdout).toBe('KEY\n')
  })

  it('gives user and key to a script', async () => {
    const argv = ['jane', '--email', 'jane@example.org', '--admin', '--password-stdin', '--json']
    const {stdout} = await run(UserAdd, argv, {input: 'a long password\n'})
    expect(JSON.parse(stdout)).toEqual({
      user: {id: 'jane', email: 'jane@example.org', admin: true, hasPassword: true, createdAt: 'TIME'},
      apiKey: 'KEY',
    })
    expect(stdout).not.toContain('a long password')
  })

  it('exits 6 for a user who is there already, and leaves the key as it is', async () => {
    await run(UserAdd, ['jane'])
    expect(await run(UserAdd, ['jane'])).toEqual({
      exitCode: 6,
      stdout: '',
      stderr: '✗ There is a user "jane" already\n  A new key: `biomaj cluster user renew jane`.\n',
    })
  })
})

describe('cluster user list', () => {
  it('tells what each may do', async () => {
    expect((await run(UserList, [])).stdout).toBe(
      'No users yet. The first start makes one, `biomaj cluster user add` others.\n',
    )
    await run(UserAdd, ['jane', '--email', 'jane@example.org'])
    await run(UserAdd, ['root', '--admin', '--password-stdin'], {input: 'a long password\n'})
    expect((await run(UserList, [], {tty: true})).stdout).toMatchInlineSnapshot(`
      "USER  EMAIL             RIGHTS         PASSWORD      SINCE
      jane  jane@example.org  -              no, key only  just now
      root  -                 administrator  yes           just now
      "
    `)
    expect((await run(UserList, [])).stdout).toMatchInlineSnapshot(`
      "USER  EMAIL             RIGHTS         PASSWORD      SINCE
      jane  jane@example.org  -              no, key only  TIME
      root  -                 administrator  yes           TIME
      "
    `)
    expect((await run(UserList, ['--quiet'])).stdout).toBe('jane\nroot\n')
    const {users} = JSON.parse((await run(UserList, ['--json'])).stdout) as {users: unknown[]}
    expect(users).toEqual([
      {id: 'jane', email: 'jane@example.org', admin: false, hasPassword: false, createdAt: 'TIME'},
      {id: 'root', email: null, admin: true, hasPassword: true, createdAt: 'TIME'},
    ])
  })
})

describe('cluster user renew', () => {
  it('gives a key that is another one', async () => {
    const keys = [await keyOf(UserAdd), await keyOf(UserRenew), await keyOf(UserRenew)]
    expect(new Set(keys).size).toBe(3)
    expect((await run(UserRenew, ['jane'], {tty: true})).stdout).toBe(
      '✓ The new API key of jane, shown this once:\nKEY\n',
    )
  })

  it('exits 5 for somebody who is not there', async () => {
    expect(await run(UserRenew, ['joe'])).toEqual({
      exitCode: 5,
      stdout: '',
      stderr: '✗ There is no user "joe" in this cluster\n  See `biomaj cluster user list`.\n',
    })
  })
})

describe('cluster user remove', () => {
  beforeEach(async () => {
    await run(UserAdd, ['jane'])
    await run(BankAdd, ['alu', '--owner', 'jane'])
  })

  it('asks at a terminal, and takes only yes for one', async () => {
    const no = await run(UserRemove, ['jane'], {tty: true, input: 'n\n'})
    expect([no.exitCode, no.stderr]).toEqual([1, expect.stringContaining('Nobody was removed')])
    const yes = await run(UserRemove, ['jane'], {tty: true, input: 'y\n'})
    expect([yes.exitCode, yes.stdout]).toEqual([0, '✓ jane is no user any more.\n'])
    expect((await run(UserList, ['--quiet'])).stdout).toBe('')
  })

  it('wants --yes in a pipe, and names the banks that have no owner then', async () => {
    const unasked = await run(UserRemove, ['jane'])
    expect([unasked.exitCode, unasked.stderr]).toEqual([2, expect.stringContaining('Agree with --yes')])
    const {stdout, stderr, exitCode} = await run(UserRemove, ['jane', '--yes', '--json'])
    expect([exitCode, JSON.parse(stdout)]).toEqual([0, {user: 'jane', banks: ['alu']}])
    expect(stderr).toBe('! Warning: Banks without an owner now: alu\n')
    expect((await run(UserRemove, ['jane', '--yes'])).exitCode).toBe(5)
  })
})
