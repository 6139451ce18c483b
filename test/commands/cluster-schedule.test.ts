import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import BankAdd from '../../src/commands/cluster/bank/add.js'
import ScheduleAdd from '../../src/commands/cluster/schedule/add.js'
import ScheduleList from '../../src/commands/cluster/schedule/list.js'
import ScheduleRemove from '../../src/commands/cluster/schedule/remove.js'
import UserAdd from '../../src/commands/cluster/user/add.js'
import {type CommandClass, type CommandRun, runCommand, type RunCommandOptions} from '../support/run-command.js'

let home: string

beforeEach(async () => {
  home = mkdtempSync(path.join(tmpdir(), 'biomaj-schedule-'))
  await run(UserAdd, ['jane'])
  for (const bank of ['alu', 'pfam']) await run(BankAdd, [bank, '--owner', 'jane'])
})

afterEach(() => rmSync(home, {recursive: true}))

async function run(Class: CommandClass, argv: string[], options: RunCommandOptions = {}): Promise<CommandRun> {
  const {stdout, ...rest} = await runCommand(Class, argv, {home, env: {NO_COLOR: '1'}, ...options})
  return {
    ...rest,
    stdout: stdout.replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, 'TIME').replaceAll(/in \d+[\dhms ]*/g, 'in SOON '),
  }
}

const nightly = ['nightly', '--cron', '0  3 * * *', '--bank', 'alu,pfam', '--bank', 'alu', '--user', 'jane']

describe('cluster schedule', () => {
  it('is empty at first, also where no cluster ever was', async () => {
    const nothing = 'The schedule is empty. Add to it with `biomaj cluster schedule add`.\n'
    expect(await run(ScheduleList, [])).toEqual({exitCode: 0, stdout: nothing, stderr: ''})
    expect((await run(ScheduleList, ['--data', 'elsewhere', '--json'])).stdout).toBe('{\n  "entries": []\n}\n')
  })

  it('says where the name of the entry goes when it is taken for a bank', async () => {
    const {exitCode, stderr} = await run(ScheduleAdd, ['--cron', '0 3 * * *', '--bank', 'alu', 'nightly'])
    expect(exitCode).toBe(2)
    expect(stderr).toContain('Missing 1 required arg: entry')
    expect(stderr).toContain('Give it before --bank.')
    expect(stderr).not.toContain('multiple values')
  })

  it('takes entries, and shows them at a terminal, in a pipe and to a script', async () => {
    expect((await run(ScheduleAdd, nightly)).stdout).toBe('✓ nightly updates alu, pfam; next: TIME.\n')
    const weekly = ['weekly', '--cron', '30 22 * * sun', '-b', 'pfam', '--user', 'jane', '--comment', 'large']
    expect((await run(ScheduleAdd, weekly, {tty: true})).stdout).toMatch(/^✓ weekly updates pfam; next: in .*\.\n$/)
    expect((await run(ScheduleList, [])).stdout).toMatchInlineSnapshot(`
      "NAME     CRON           NEXT                  USER  BANKS     COMMENT
      nightly  0 3 * * *      TIME  jane  alu,pfam
      weekly   30 22 * * sun  TIME  jane  pfam      large
      "
    `)
    expect((await run(ScheduleList, [], {tty: true})).stdout).toContain('nightly  0 3 * * *      in ')
    expect((await run(ScheduleList, ['--quiet'])).stdout).toBe('nightly\nweekly\n')
    expect(JSON.parse((await run(ScheduleList, ['--json'])).stdout)).toEqual({
      entries: [
        {name: 'nightly', cron: '0 3 * * *', banks: ['alu', 'pfam'], user: 'jane', comment: null, next: 'TIME'},
        {name: 'weekly', cron: '30 22 * * sun', banks: ['pfam'], user: 'jane', comment: 'large', next: 'TIME'},
      ],
    })
  })

  it('replaces an entry of the same name, and says so to a script', async () => {
    expect(JSON.parse((await run(ScheduleAdd, [...nightly, '--json'])).stdout)).toMatchObject({replaced: false})
    const again = ['nightly', '--cron', '0 4 * * *', '--bank', 'alu', '--user', 'jane', '--json']
    expect(JSON.parse((await run(ScheduleAdd, again)).stdout)).toMatchObject({replaced: true, entry: {banks: ['alu']}})
  })

  it.each([
    [['nightly', '--cron', 'at night', '--bank', 'alu', '--user', 'jane'], 2],
    [['every night', '--cron', '0 3 * * *', '--bank', 'alu', '--user', 'jane'], 2],
    [['nightly', '--cron', '0 3 * * *', '--bank', 'silva', '--user', 'jane'], 5],
    [['nightly', '--cron', '0 3 * * *', '--bank', 'alu', '--user', 'nobody'], 5],
  ])('refuses %j', async (argv, exitCode) => {
    const refused = await run(ScheduleAdd, argv)
    expect([refused.exitCode, refused.stdout]).toEqual([exitCode, ''])
    expect((await run(ScheduleList, ['--quiet'])).stdout).toBe('')
  })

  it('lets go of an entry, once', async () => {
    await run(ScheduleAdd, nightly)
    const removed = await run(ScheduleRemove, ['nightly'], {tty: true})
    expect(removed).toEqual({exitCode: 0, stdout: '✓ nightly is out of the schedule.\n', stderr: ''})
    expect(await run(ScheduleRemove, ['nightly'])).toEqual({
      exitCode: 5,
      stdout: '',
      stderr: '✗ The schedule has no entry "nightly"\n  See `biomaj cluster schedule list`.\n',
    })
    expect((await run(ScheduleList, ['--quiet'])).stdout).toBe('')
  })
})
