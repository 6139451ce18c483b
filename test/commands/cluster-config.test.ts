import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import ClusterConfig from '../../src/commands/cluster/config.js'
import {type CommandRun, runCommand, type RunCommandOptions} from '../support/run-command.js'

let home: string
let folder: string

beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), 'biomaj-config-'))
  folder = path.join(home, '.local/share/biomaj/cluster')
  mkdirSync(folder, {recursive: true})
})

afterEach(() => rmSync(home, {recursive: true}))

async function run(argv: string[], {env, ...options}: RunCommandOptions = {}): Promise<CommandRun> {
  const all = await runCommand(ClusterConfig, argv, {home, env: {NO_COLOR: '1', ...env}, ...options})
  return {...all, stdout: all.stdout.replaceAll(home, 'HOME'), stderr: all.stderr.replaceAll(home, 'HOME')}
}

interface Document {
  fileFound: boolean
  settings: Array<{key: string; value: string | null; origin: string; source: string | null}>
}

function write(...lines: string[]): void {
  writeFileSync(path.join(folder, 'global.properties'), ['[GENERAL]', ...lines, ''].join('\n'))
}

function linesAbout(keys: readonly string[], text: string): string[] {
  return text.split('\n').filter(line => keys.includes(line.split(' ')[0] ?? ''))
}

const keys = ['cluster.name', 'cluster.port', 'cluster.workers.update', 'cluster.log.level', 'proxy_auth']

describe('cluster config', () => {
  beforeEach(() => write('cluster.name=mine', 'cluster.port=4003', 'proxy_auth=ada:secret'))

  const argv = ['--update-workers', '7']
  const env = {BIOMAJ_CLUSTER_PORT: '4002'}

  it('shows where each value comes from, at a terminal by the name of the file alone', async () => {
    const shown = await run(argv, {env, tty: true})
    expect(linesAbout(keys, shown.stdout).map(line => line.split(/ {2,}/))).toEqual([
      ['cluster.name', 'mine', 'global.properties:2'],
      ['cluster.port', '4002', 'BIOMAJ_CLUSTER_PORT'],
      ['cluster.workers.update', '7', '--update-workers'],
      ['cluster.log.level', 'info', 'default'],
      ['proxy_auth', '********', 'global.properties:4'],
    ])
    expect(shown.stderr).toBe('File: HOME/.local/share/biomaj/cluster/global.properties\n')
  })

  it('names the whole path in a pipe', async () => {
    const [name = ''] = linesAbout(['cluster.name'], (await run(argv, {env})).stdout)
    expect(name).toMatch(/mine .* HOME\/\.local\/share\/biomaj\/cluster\/global\.properties:2$/)
    expect((await run(['--quiet'])).stdout.split('\n')).toEqual(expect.arrayContaining(keys))
  })

  it('gives all of it to a script, but no password', async () => {
    const {stdout, exitCode} = await run([...argv, '--json'], {env})
    const {settings, fileFound} = JSON.parse(stdout) as Document
    const file = 'HOME/.local/share/biomaj/cluster/global.properties'
    expect(settings.filter(({key}) => keys.includes(key))).toEqual([
      {key: 'cluster.name', value: 'mine', origin: 'file', source: `${file}:2`},
      {key: 'cluster.port', value: '4002', origin: 'environment', source: 'BIOMAJ_CLUSTER_PORT'},
      {key: 'cluster.workers.update', value: '7', origin: 'flag', source: '--update-workers'},
      {key: 'cluster.log.level', value: 'info', origin: 'default', source: null},
      {key: 'proxy_auth', value: null, origin: 'file', source: `${file}:4`},
    ])
    expect([fileFound, exitCode, stdout.includes('secret')]).toEqual([true, 0, false])
  })

  it('names the line that is wrong, and exits 3', async () => {
    write('cluster.port=seventy')
    const {exitCode, stdout, stderr} = await run([])
    expect([exitCode, stdout]).toEqual([3, ''])
    expect(stderr).toContain('global.properties:2: "seventy" is not a whole number from 0 to 65535')
  })
})

describe('cluster config --defaults', () => {
  it('prints a file that says what is so without it, whatever is set', async () => {
    const env = {BIOMAJ_CLUSTER_PORT: '4002'}
    write('cluster.name=mine')
    const {stdout, stderr} = await run(['--defaults'], {env})
    expect(stderr).toBe('')
    expect(stdout).toMatch(/^#cluster\.port=5480$/m)
    expect(stdout).toMatch(/^#cluster\.name=biomaj$/m)
    expect(stdout).toMatch(/^root\.dir=HOME\/\.local\/share\/biomaj\/cluster$/m)
    expect((await run(['--defaults', '--data', '/srv/100%'])).stdout).toMatch(/^root\.dir=\/srv\/100%%$/m)
    const {settings} = JSON.parse((await run(['--defaults', '--json'], {env})).stdout) as Document
    expect(new Set(settings.map(({origin}) => origin))).toEqual(new Set(['default']))
  })
})
