import {expect, it} from 'vitest'
import {runMain} from './run-main.js'

const mistyped = [
  'updat',
  'stauts --json',
  'context lst',
  'cluster bank chekc',
  'cluster bnak check',
  'context sohw prod',
  'help hsitory',
  'xyzzy',
  '--bank alu',
  'update --bnak alu',
  'status --xyzzy',
  'queue alu',
  'context use',
  'history --limit many',
  'history --action delete',
  'update --bank',
  'about-me --force',
  'update --wait --async --bank alu',
  'update --wait --poll soon --bank alu',
  'update',
]

it('exits 2 for what was mistyped, and says what would be right', async () => {
  const transcript: string[] = []
  for (const line of mistyped) {
    const {exitCode, stdout, stderr} = await runMain(...line.split(' '))
    expect([line, exitCode]).toEqual([line, 2])
    transcript.push(`$ biomaj ${line}\n${stdout}${stderr}`)
  }
  await expect(transcript.join('\n')).toMatchFileSnapshot('snapshots/usage.txt')
})

it('takes what follows two dashes for a name, not for a flag', async () => {
  // There is no cluster to ask, which is found out only when the names are good.
  expect(await runMain('cancel', '--', 'alu')).toMatchObject({exitCode: 3})
  expect((await runMain('cancel', '--', '--help')).stdout).toBe('')
  expect((await runMain('cancel', '--', '--json')).stdout).toBe('')
})
