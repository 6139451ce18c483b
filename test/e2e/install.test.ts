/** The package as npm packs and installs it, started in all the ways and surroundings that a command may meet. */
import {execFile, spawn} from 'node:child_process'
import {existsSync} from 'node:fs'
import {chmod, cp, mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {promisify} from 'node:util'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {exitCodes} from '../../src/cli/exit-codes.js'
import {installedPackage} from '../support/package/index.js'
import type {InstalledPackage} from '../support/package/index.js'
import {aBank, startScriptedCluster} from '../support/scripted-cluster/index.js'
import type {ScriptedCluster} from '../support/scripted-cluster/index.js'

const root = path.join(import.meta.dirname, '../..')
const escape = '\u001B'

let biomaj: InstalledPackage
let cluster: ScriptedCluster
let folder: string

beforeAll(async () => {
  biomaj = await installedPackage()
  folder = await mkdtemp(path.join(tmpdir(), 'biomaj-install-'))
  const longLog = Array.from({length: 50_000}, (_, line) => `2026-01-01 00:00:00 INFO line ${line} of a long log`)
  cluster = await startScriptedCluster({banks: [aBank('alu'), aBank('long')]})
  cluster.state.queue.push({action: 'update', bank: 'long', user: 'jane', release: null, options: {}, requestedAt: 0})
  cluster.finish()
  cluster.bank('long').log = longLog
}, 120_000)

afterAll(async () => {
  await cluster.stop()
  await rm(folder, {recursive: true, force: true})
})

interface Ended {
  code: number | null
  stdout: string
  stderr: string
}

/** Runs any program; for `sh -c`, whose redirections no other way of starting a process has. */
async function runProgram(
  program: string,
  args: readonly string[],
  {env = {}, cwd = folder}: {env?: Record<string, string | undefined>; cwd?: string} = {},
): Promise<Ended> {
  const bare = {PATH: `${path.dirname(process.execPath)}:${process.env['PATH'] ?? ''}`, HOME: folder}
  const child = spawn(program, args, {cwd, env: {...bare, ...env}, stdio: ['ignore', 'pipe', 'pipe']})
  const [stdout, stderr] = await Promise.all([
    child.stdout.toArray(),
    child.stderr.toArray(),
    new Promise(resolve => void child.once('close', resolve)),
  ])
  return {code: child.exitCode, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString()}
}

function jane(): Record<string, string> {
  return {BIOMAJ_PROXY: cluster.url, BIOMAJ_APIKEY: 'JANEKEY001'}
}

/** All that a command writes to a terminal. */
async function inTerminal(args: readonly string[], env: Record<string, string>): Promise<string> {
  const session = await biomaj.terminal(args, {env: {BIOMAJ_PROXY: cluster.url, ...env}})
  try {
    await session.waitForExit()
    return session.raw.toString()
  } finally {
    await session.stop()
  }
}

const cannotReach = /^✗ Cannot reach .*\n {2}If it is a cluster of your own, start it again.*\n$/
const nowhere = ['status', '--proxy', 'http://127.0.0.1:9']

describe('the tarball', () => {
  let files: string[]

  beforeAll(async () => {
    const {stdout} = await promisify(execFile)('tar', ['-tzf', biomaj.tarball], {encoding: 'utf8'})
    files = stdout
      .split('\n')
      .filter(name => name !== '')
      .map(name => name.replace(/^package\//, ''))
  })

  it('holds the program, its papers and nothing else', () => {
    const papers = ['CHANGELOG.md', 'LICENSE', 'README.md', 'oclif.manifest.json', 'package.json']
    const tops = new Set(files.map(file => file.split('/')[0] ?? ''))
    expect(tops).toEqual(new Set([...papers, 'assets', 'bin', 'dist']))
    expect(files.filter(file => /\.(tsx?|map)$/.test(file) && !file.endsWith('.d.ts'))).toEqual([])
  })

  it('is smaller than 3 MB', async () => {
    expect((await stat(biomaj.tarball)).size).toBeLessThan(3_000_000)
  })

  it('needs nothing but the optional keychain', async () => {
    const manifest = JSON.parse(await readFile(path.join(biomaj.folder, 'package.json'), 'utf8')) as {
      dependencies?: object
      optionalDependencies?: object
    }
    expect(Object.keys(manifest.dependencies ?? {})).toEqual([])
    expect(Object.keys(manifest.optionalDependencies ?? {})).toEqual(['@napi-rs/keyring'])
  })

  it('names no folder of the machine that built it', async () => {
    const home = path.dirname(root)
    for (const file of files.filter(name => /\.(js|json|md)$/.test(name))) {
      const text = await readFile(path.join(biomaj.folder, file), 'utf8')
      expect({file, at: text.includes(`${home}/`)}).toEqual({file, at: false})
    }
  })

  it('gives programs biomaj/client and keeps the rest to itself', async () => {
    const program = path.join(folder, 'program')
    await mkdir(path.join(program, 'node_modules'), {recursive: true})
    await symlink(biomaj.folder, path.join(program, 'node_modules', 'biomaj'))
    const ask = async (specifier: string) => {
      const code = `import('${specifier}').then(it => console.log(Object.keys(it).join()), error => console.log(error.code))`
      return (await runProgram(process.execPath, ['-e', code], {cwd: program})).stdout.trim()
    }
    expect((await ask('biomaj/client')).split(',')).toEqual(
      expect.arrayContaining(['BiomajClient', 'BiomajError', 'Secret']),
    )
    expect(await ask('biomaj/dist/cli/start.js')).toBe('ERR_PACKAGE_PATH_NOT_EXPORTED')
    expect(await ask('biomaj')).toBe('ERR_PACKAGE_PATH_NOT_EXPORTED')
  })
})

describe('ways to start', () => {
  it('through a link, from any folder', async () => {
    const link = path.join(folder, 'b')
    await symlink(biomaj.command, link)
    expect(await runProgram(link, ['context', 'list'], {cwd: '/'})).toMatchObject({code: 0, stderr: ''})
  })

  it('as npx . in a checkout that was never built', async () => {
    const checkout = path.join(folder, 'checkout')
    const left = new Set(['.git', 'node_modules', 'dist', 'oclif.manifest.json', 'test', 'coverage'])
    await cp(root, checkout, {
      recursive: true,
      filter: source => !left.has(path.relative(root, source)),
    })
    await symlink(path.join(root, 'node_modules'), path.join(checkout, 'node_modules'))
    const run = await runProgram('npx', ['--offline', '--yes', '.', 'context', 'list'], {cwd: checkout})
    expect(run).toMatchObject({code: 0, stdout: expect.stringContaining('No clusters yet')})
  }, 60_000)

  it('says what to do where it is not built, and exits 70', async () => {
    const checkout = path.join(folder, 'not-built')
    await cp(path.join(biomaj.folder, 'bin'), path.join(checkout, 'bin'), {recursive: true})
    await cp(path.join(biomaj.folder, 'package.json'), path.join(checkout, 'package.json'))
    const {code, stdout, stderr} = await runProgram(path.join(checkout, 'bin', 'run.js'), ['status'])
    expect([code, stdout]).toEqual([70, ''])
    expect(stderr).toMatch(/^biomaj is not built here \(.*\)\. In a checkout, run: npm run build\n$/)
  })

  it('says so in one line where only a part is there', async () => {
    const checkout = path.join(folder, 'in-part')
    await cp(biomaj.folder, checkout, {recursive: true})
    await rm(path.join(checkout, 'oclif.manifest.json'))
    const {code, stderr} = await runProgram(path.join(checkout, 'bin', 'run.js'), ['status'])
    expect(code).toBe(70)
    expect(stderr).toMatch(/^biomaj could not start: .*oclif\.manifest\.json.*\n$/)
  })

  it('refuses an old Node in one line, whatever it is asked', async () => {
    const preload = path.join(folder, 'old-node.cjs')
    const versions = "{...process.versions, node: '22.12.0'}"
    await writeFile(preload, `Object.defineProperty(process, 'versions', {value: ${versions}})`)
    for (const args of [['--version'], ['status'], ['update', '--bank', 'alu', '--json']]) {
      const env = {NODE_OPTIONS: `--require=${preload}`}
      const {code, stdout, stderr} = await biomaj.run(args, {env})
      expect([code, stdout]).toEqual([2, ''])
      expect(stderr).toMatch(/^biomaj needs Node\.js 22\.13 or newer; this is v\S+ \(.*\)\.\n$/)
    }
  })

  const oldNode = '/usr/bin/node'
  it.skipIf(!existsSync(oldNode))("says it too on the system's own Node, if that is old", async () => {
    const version = (await runProgram(oldNode, ['--version'])).stdout
    const {code, stderr} = await runProgram(oldNode, [path.join(biomaj.folder, 'bin', 'run.js'), 'context', 'list'])
    const old = Number(/^v(\d+)/.exec(version)?.[1]) < 22
    expect(code).toBe(old ? 2 : 0)
    expect(stderr).toMatch(old ? /^biomaj needs Node\.js 22\.13[^\n]*\n$/ : /^$/)
  })
})

describe('streams', () => {
  it.each(['logs --bank long --tail 0', 'logs --bank long --tail 0 --json', 'update --help', 'completion bash'])(
    '%s is quiet when its reader has seen enough',
    async line => {
      const script = `{ ${biomaj.command} ${line}; echo "exit $?" >&2; } | head -n 1`
      const {stdout, stderr} = await runProgram('sh', ['-c', script], {env: jane()})
      expect(stdout.split('\n').length).toBe(2)
      expect(stderr).toBe('exit 0\n')
    },
  )

  it.each(['banks', 'about-me', 'context list', 'update --bank alu'])('%s needs no standard input', async line => {
    const {code, stderr} = await runProgram('sh', ['-c', `${biomaj.command} ${line} <&-`], {env: jane()})
    expect([code, stderr]).toEqual([0, ''])
  })

  it('login tells that nothing came on a closed standard input', async () => {
    const line = `${biomaj.command} login ${cluster.url} --user jane --password-stdin --insecure-storage <&-`
    const {code, stderr} = await runProgram('sh', ['-c', line])
    expect(code).toBe(2)
    expect(stderr).toContain('found nothing on standard input')
  })

  it('exits as it should with closed outputs', async () => {
    const {code} = await runProgram('sh', ['-c', `${biomaj.command} context list >&- 2>&-`])
    expect(code).toBe(0)
    expect((await runProgram('sh', ['-c', `${biomaj.command} context lst 2>&-`])).code).toBe(2)
  })

  it('fails and says so when its output cannot be written', async context => {
    context.skip(!existsSync('/dev/full'), 'no /dev/full')
    const {code, stderr} = await runProgram('sh', ['-c', `${biomaj.command} completion bash > /dev/full`])
    expect(code).toBe(exitCodes.output_failed)
    expect(stderr).toContain('The output cannot be written: ENOSPC')
  })
})

describe('colours', () => {
  it('are shown in a terminal', async () => {
    expect(await inTerminal(['banks'], {})).toContain(`${escape}[`)
    expect(await inTerminal(['xyzzy'], {})).toContain(`${escape}[31m✗`)
  })

  it.each([
    ['NO_COLOR', {NO_COLOR: '1'}, []],
    ['NO_COLOR over FORCE_COLOR', {NO_COLOR: '1', FORCE_COLOR: '1'}, []],
    ['FORCE_COLOR=0', {FORCE_COLOR: '0'}, []],
    ['TERM=dumb', {TERM: 'dumb'}, []],
    ['--no-color', {}, ['--no-color']],
  ] as const)('are not shown with %s: no escape byte at all', async (_, env, flags) => {
    for (const args of [['banks'], ['status'], ['xyzzy'], ['update', '--help'], ['update', '--bank', 'nosuch']]) {
      expect(await inTerminal([...args, ...flags], env)).not.toContain(escape)
    }
  })

  it('are not shown in a pipe unless FORCE_COLOR wants them', async () => {
    const env = {BIOMAJ_PROXY: cluster.url}
    const plain = await biomaj.run(['banks'], {env})
    expect(plain.stdout).not.toContain(escape)
    const forced = await biomaj.run(['banks'], {env: {...env, FORCE_COLOR: '1'}})
    expect(forced).toMatchObject({code: 0, stderr: '', stdout: expect.stringContaining(escape)})
    const both = await biomaj.run(['banks'], {env: {...env, FORCE_COLOR: '1', NO_COLOR: '1'}})
    expect(both).toEqual(plain)
  })
})

describe('surroundings', () => {
  it.each([
    ['no locale', {LANG: undefined}],
    ['LANG=C', {LANG: 'C', LC_ALL: 'C'}],
    ['a time zone that does not exist', {TZ: 'Nowhere/Town'}],
    ['no HOME', {HOME: undefined}],
    ['an empty HOME', {HOME: ''}],
    ['a HOME that does not exist', {HOME: '/nonexistent/home'}],
    ['a HOME that is no folder', {HOME: '/dev/null', XDG_CONFIG_HOME: '/nonexistent'}],
    ['no place for the compile cache', {NODE_COMPILE_CACHE: '/dev/null/cache'}],
    ['no temporary folder', {TMPDIR: '/dev/null/tmp'}],
    ['NODE_OPTIONS that warn', {NODE_OPTIONS: '--trace-warnings --pending-deprecation --trace-deprecation'}],
    ['NODE_OPTIONS that make warnings fatal', {NODE_OPTIONS: '--throw-deprecation --pending-deprecation'}],
  ] as const)('%s makes no difference', async (_, env) => {
    const all = {BIOMAJ_PROXY: cluster.url, BIOMAJ_APIKEY: 'JANEKEY001', ...env}
    const {code, stdout, stderr} = await biomaj.run(['queue'], {env: all})
    expect({code, stdout, stderr}).toEqual({
      code: 0,
      stdout: expect.stringContaining('Queue        … 1'),
      stderr: '',
    })
    const failed = await biomaj.run(nowhere, {env})
    expect(failed).toMatchObject({code: 7, stdout: '', stderr: expect.stringMatching(cannotReach)})
  })

  it.runIf(process.getuid?.() === 0)(
    'a user whom the system does not know, without HOME, makes no difference',
    async () => {
      const open = await mkdtemp(path.join(tmpdir(), 'biomaj-stranger-'))
      try {
        await cp(biomaj.folder, path.join(open, 'biomaj'), {recursive: true})
        await chmod(open, 0o755)
        const run = path.join(open, 'biomaj', 'bin', 'run.js')
        const stranger = ['--reuid=54321', '--regid=54321', '--clear-groups', process.execPath, run]
        expect(
          await runProgram('setpriv', [...stranger, 'context', 'list'], {env: {HOME: undefined}, cwd: '/'}),
        ).toEqual({
          code: 0,
          stdout:
            'No clusters yet. Log in to one with `biomaj login URL`, or start your own with `biomaj cluster start`.\n',
          stderr: '',
        })
      } finally {
        await rm(open, {recursive: true, force: true})
      }
    },
  )

  it('a working directory that was deleted makes no difference', async () => {
    const script = `mkdir gone && cd gone && rmdir ../gone && exec ${biomaj.command} context list`
    expect(await runProgram('sh', ['-c', script])).toMatchObject({code: 0, stderr: ''})
  })

  it('a HOME where nothing can be written is told at login, in words', async () => {
    const {code, stdout, stderr} = await biomaj.run(
      ['login', cluster.url, '--user', 'jane', '--password-stdin', '--insecure-storage'],
      {input: 'jane-secret\n', env: {HOME: '/dev/null'}},
    )
    expect([code, stdout]).toEqual([3, ''])
    expect(stderr).toMatch(/✗ Cannot (read|write) .*\/dev\/null/)
  })
})
