import {execFile} from 'node:child_process'
import {mkdtempSync, readdirSync, symlinkSync} from 'node:fs'
import path from 'node:path'
import {promisify} from 'node:util'
import {afterEach, beforeAll, beforeEach, describe, expect, it} from 'vitest'
import Completion from '../../src/commands/completion.js'
import {missingPrograms} from '../config/support.js'
import {type InstalledPackage, installedPackage} from '../support/package/index.js'
import {spawnInTerminal, type TerminalSession} from '../support/pty/index.js'
import {aBank} from '../support/scripted-cluster/index.js'
import {clusterWithUsers, newPerson, writeContexts} from './account-support.js'

let installed: InstalledPackage
/** A folder that holds `biomaj` alone, for PATH. */
let bin: string
let home: string
let session: TerminalSession | undefined

beforeAll(async () => {
  installed = await installedPackage()
  bin = mkdtempSync(path.join(await installed.newHome(), 'bin-'))
  symlinkSync(installed.command, path.join(bin, 'biomaj'))
}, 60_000)
beforeEach(async () => {
  home = await installed.newHome()
  const context = {url: 'https://biomaj.example.org', credentialStore: 'none'}
  writeContexts(home, {prod: context, production: context, test: context}, 'prod')
})
afterEach(async () => session?.stop())

function environment(more: Record<string, string> = {}): Record<string, string> {
  return {
    PATH: [bin, path.dirname(process.execPath), '/usr/bin', '/bin'].join(path.delimiter),
    HOME: home,
    TERM: 'xterm-256color',
    LANG: 'C.UTF-8',
    ...more,
  }
}

// Asynchronous: the cluster that some scripts ask answers from this process.
const execute = promisify(execFile)

/** What a Tab offers after the words; the last one is under the cursor. Does in a real shell what its key does. */
const offers = {
  async bash(words: string[], env: Record<string, string> = {}): Promise<string[]> {
    const script = `source <(biomaj completion bash)
      COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _biomaj
      (( \${#COMPREPLY[@]} )) && printf '%s\\n' "\${COMPREPLY[@]}"; true`
    return lines(await run('bash', ['-c', script, 'bash', ...words], env))
  },
  async fish(words: string[], env: Record<string, string> = {}): Promise<string[]> {
    const script = 'biomaj completion fish | source; complete -C (string join -- " " $argv)'
    const text = await run('fish', ['--no-config', '-c', script, ...words], env)
    return lines(text).map(line => line.split('\t')[0] ?? '')
  },
} as const

async function run(shell: string, args: string[], env: Record<string, string> = {}): Promise<string> {
  const {stdout, stderr} = await execute(shell, args, {cwd: home, env: environment(env)})
  expect(stderr).toBe('')
  return stdout
}

function lines(text: string): string[] {
  return text.split('\n').filter(line => line !== '')
}

/** What stands on the command line of an interactive shell after a Tab. */
async function afterTab(shell: 'bash' | 'zsh', typed: string): Promise<string> {
  const start = {
    bash: {args: ['--norc', '--noprofile', '-i'], load: 'source <(biomaj completion bash); PS1="READY> "'},
    zsh: {
      args: ['-f', '-i'],
      load: 'autoload -U compinit; compinit -u; source <(biomaj completion zsh); PROMPT="READY> "',
    },
  }[shell]
  const unset = Object.fromEntries(Object.keys(process.env).map(name => [name, undefined]))
  session = spawnInTerminal({command: shell, args: start.args, cwd: home, env: {...unset, ...environment()}})
  session.type(`${start.load}; clear\r`)
  await session.waitForScreen(screen => screen[0]?.trim() === 'READY>')
  session.type(typed)
  session.press('tab')
  const [line = ''] = await session.waitForScreen(
    screen => (screen[0] ?? '').trimEnd().length > `READY> ${typed}`.length,
  )
  return line.trimEnd().slice('READY> '.length)
}

describe('the script for bash', () => {
  it('is registered', async () => {
    const text = await run('bash', ['-c', 'source <(biomaj completion bash); complete -p biomaj'])
    expect(text).toBe('complete -F _biomaj biomaj\n')
  })

  it.each([
    [
      ['biomaj', 'log'],
      ['login', 'logout', 'logs'],
    ],
    [
      ['biomaj', 'context', ''],
      ['list', 'remove', 'rename', 'show', 'use', '--help'],
    ],
    [
      ['biomaj', 'context', 'use', 'pro'],
      ['prod', 'production'],
    ],
    [
      ['biomaj', 'context', 'use', '--no'],
      ['--no-color', '--no-input'],
    ],
    [['biomaj', 'banks', '--context', 't'], ['test']],
    [
      ['biomaj', 'banks', '--context', '='],
      ['prod', 'production', 'test'],
    ],
    [['biomaj', 'banks', '--context', '=', 't'], ['test']],
    [
      ['biomaj', 'completion', ''],
      ['bash', 'zsh', 'fish'],
    ],
    [['biomaj', 'update', '--from-s'], ['--from-scratch']],
    [['biomaj', 'login', '--user', ''], []],
    [['biomaj', 'login', '--context', ''], []],
  ])('offers after %j: %j', async (words, offered) => {
    expect(await offers.bash(words)).toEqual(offered)
  })

  it('offers every visible command', async () => {
    const offered = await offers.bash(['biomaj', ''])
    expect(offered).toEqual(expect.arrayContaining(['about-me', 'banks', 'completion', 'context', 'login', 'update']))
    expect(new Set(offered).size).toBe(offered.length)
  })

  it('offers the banks of the cluster, and none that a shell would run', async () => {
    const hostile = ['$(touch pwned)', '`touch pwned`', 'a b', 'x;touch pwned', '-rf']
    const banks = ['alu', 'alu.2', 'pfam', ...hostile].map(name => ({...aBank(name), listed: true}))
    const cluster = await clusterWithUsers({banks})
    const env = {BIOMAJ_PROXY: cluster.url}
    expect(await offers.bash(['biomaj', 'update', '--bank', ''], env)).toEqual(['alu', 'alu.2', 'pfam'])
    expect(await offers.bash(['biomaj', 'update', 'al'], env)).toEqual(['alu', 'alu.2'])
    expect(readdirSync(home)).not.toContain('pwned')
  })

  it('offers nothing, and says nothing, when the cluster is away', async () => {
    const cluster = await clusterWithUsers()
    await cluster.stop()
    expect(await offers.bash(['biomaj', 'update', '--bank', ''], {BIOMAJ_PROXY: cluster.url})).toEqual([])
  })

  it('completes at the key press', async () => {
    expect(await afterTab('bash', 'biomaj context ren')).toBe('biomaj context rename')
  })
})

describe('the script for zsh', () => {
  beforeEach(context => context.skip(missingPrograms('zsh').length > 0, 'this machine lacks zsh'))

  it.each([
    ['biomaj context ren', 'biomaj context rename'],
    ['biomaj context use te', 'biomaj context use test'],
    ['biomaj banks --context te', 'biomaj banks --context test'],
    ['biomaj banks --context=te', 'biomaj banks --context=test'],
    ['biomaj update --from-s', 'biomaj update --from-scratch'],
  ])('completes "%s" at the key press', async (typed, completed) => {
    expect(await afterTab('zsh', typed)).toBe(completed)
  })
})

describe('the script for fish', () => {
  beforeEach(context => context.skip(missingPrograms('fish').length > 0, 'this machine lacks fish'))

  it.each([
    [
      ['biomaj', 'log'],
      ['login', 'logout', 'logs'],
    ],
    [
      ['biomaj', 'context', 'r'],
      ['remove', 'rename'],
    ],
    [
      ['biomaj', 'context', 'use', 'pro'],
      ['prod', 'production'],
    ],
    [['biomaj', 'banks', '--context', 'te'], ['test']],
    [['biomaj', 'update', '--from-s'], ['--from-scratch']],
    [['biomaj', 'completion', 'f'], ['fish']],
  ])('offers after %j: %j', async (words, offered) => {
    expect((await offers.fish(words)).toSorted()).toEqual(offered)
  })

  it('offers the banks of the cluster, and none that a shell would run', async () => {
    const banks = ['alu', 'pfam', '(touch pwned)', '-rf'].map(name => ({...aBank(name), listed: true}))
    const cluster = await clusterWithUsers({banks})
    expect(await offers.fish(['biomaj', 'update', '--bank', ''], {BIOMAJ_PROXY: cluster.url})).toEqual(['alu', 'pfam'])
    expect(readdirSync(home)).not.toContain('pwned')
  })
})

describe('completion', () => {
  it('prints one document with --json', async () => {
    const run = await newPerson().run(Completion, ['bash', '--json'])
    expect(JSON.parse(run.stdout)).toEqual({shell: 'bash', script: expect.stringContaining('complete -F') as string})
  })

  it.each([[[]], [['csh']]])('exits 2 for the shell %j', async argv => {
    const run = await newPerson().run(Completion, argv)
    expect([run.exitCode, run.stdout]).toEqual([2, ''])
  })

  it('prints the same at a terminal and in a pipe', async () => {
    const person = newPerson()
    const [piped, shown] = [await person.run(Completion, ['zsh']), await person.run(Completion, ['zsh'], {tty: true})]
    expect(shown).toEqual(piped)
    expect(piped.stdout).toMatch(/^#compdef biomaj\n/)
  })
})
