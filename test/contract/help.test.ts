import {describe, expect, it} from 'vitest'
import {readManifest, runMain} from './run-main.js'

const ids = Object.keys(readManifest().commands).map(id => id.replaceAll(':', ' '))

/** Without what differs between machines. */
function evenedOut(help: string): string {
  return help.replace(/biomaj\/\S+ \S+ node-v\S+/, 'biomaj/VERSION PLATFORM NODE')
}

describe('help in a terminal of 80 columns', () => {
  it.each(ids)('biomaj %s --help', async id => {
    const {exitCode, stdout, stderr} = await runMain(...id.split(' '), '--help')
    expect([exitCode, stderr]).toEqual([0, ''])
    await expect(stdout).toMatchFileSnapshot(`snapshots/help/${id.replaceAll(' ', '-')}.txt`)
  })

  it.each([[], ['--help'], ['-h'], ['help']])('biomaj %s lists the commands', async (...argv) => {
    const {exitCode, stdout, stderr} = await runMain(...argv)
    expect([exitCode, stderr]).toEqual([0, ''])
    await expect(evenedOut(stdout)).toMatchFileSnapshot('snapshots/help/biomaj.txt')
  })

  it.each([['context'], ['context', '--help'], ['help', 'context']])(
    'biomaj %s %s lists those of a topic',
    async (...argv) => {
      const {exitCode, stdout} = await runMain(...argv)
      expect(exitCode).toBe(0)
      await expect(stdout).toMatchFileSnapshot('snapshots/help/context.txt')
    },
  )

  it.each(['cluster', 'cluster bank'])('biomaj %s lists what is below it', async topic => {
    const {exitCode, stdout} = await runMain(...topic.split(' '))
    expect(exitCode).toBe(0)
    await expect(stdout).toMatchFileSnapshot(`snapshots/help/${topic.replaceAll(' ', '-')}.txt`)
    expect((await runMain('help', ...topic.split(' '))).stdout).toBe(stdout)
  })

  it('is not wider than the terminal', async () => {
    for (const id of ids) {
      const {stdout} = await runMain(...id.split(' '), '--help')
      // Lines to copy are not broken.
      expect(stdout.split('\n').filter(line => line.length > 80 && !/^ +\$ /.test(line))).toEqual([])
    }
  })

  it('is the same however it is asked for', async () => {
    const {stdout} = await runMain('update', '--help')
    expect((await runMain('help', 'update')).stdout).toBe(stdout)
    expect((await runMain('update', '-h')).stdout).toBe(stdout)
    expect((await runMain('update', '--bank', 'alu', '--wait', '--help')).stdout).toBe(stdout)
    const {stdout: nested} = await runMain('context', 'use', '--help')
    expect((await runMain('help', 'context', 'use')).stdout).toBe(nested)
  })

  it('goes to stdout in full even if other flags are wrong', async () => {
    const {exitCode, stdout, stderr} = await runMain('update', '--nosuchflag', '--help')
    expect([exitCode, stderr]).toEqual([0, ''])
    expect(stdout).toContain('USAGE')
  })
})
