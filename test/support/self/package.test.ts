import {existsSync} from 'node:fs'
import path from 'node:path'
import {beforeAll, expect, it} from 'vitest'
import {installedPackage} from '../package/index.js'
import type {InstalledPackage} from '../package/index.js'

let biomaj: InstalledPackage

beforeAll(async () => {
  biomaj = await installedPackage()
}, 120_000)

it('installs what npm packs, outside of the project', () => {
  expect(existsSync(path.join(biomaj.folder, 'oclif.manifest.json'))).toBe(true)
  expect(existsSync(path.join(biomaj.folder, 'src'))).toBe(false)
  expect(path.relative(process.cwd(), biomaj.folder)).toMatch(/^\.\./)
})

it('runs the command with a HOME and an environment of its own', async () => {
  const result = await biomaj.run(['--version'])
  expect(result).toMatchObject({code: 0, signal: null, stderr: ''})
  expect(result.stdout).toMatch(/^biomaj\/\d+\.\d+\.\d+ .* node-v2\d\./)
})

it('ends a command that goes on for too long', async () => {
  const home = await biomaj.newHome()
  // Node waits for the debugger before it runs the command.
  const env = {NODE_OPTIONS: '--inspect-brk=127.0.0.1:0'}
  await expect(biomaj.run(['--version'], {home, env, deadlineMs: 500})).rejects.toThrow('went on for 500 ms')
})

it('can be signalled once it said something', async () => {
  const running = await biomaj.start(['--version'], {env: {NODE_OPTIONS: '--inspect-brk=127.0.0.1:0'}})
  await running.waitForOutput('Debugger listening', 'stderr')
  running.signal('SIGKILL')
  expect(await running.result).toMatchObject({code: null, signal: 'SIGKILL'})
})

it('runs the command in a terminal', async () => {
  const session = await biomaj.terminal(['--version'], {cols: 100})
  expect(await session.waitForExit()).toEqual({code: 0, signal: 0})
  expect(session.screen()[0]).toMatch(/^biomaj\//)
  await session.stop()
})
