import {chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {expect, it, onTestFinished} from 'vitest'
import type {ProcessRequest} from '../../../src/cluster/engine/ports.js'
import {type ProcessOptions, runProcess} from '../../../src/cluster/workers/process/run-process.js'
import {until} from '../../support/until.js'
import {isAlive} from './support/processes.js'

function workplace(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'process-'))
  onTestFinished(() => rmSync(folder, {recursive: true, force: true}))
  mkdirSync(path.join(folder, 'process'))
  return folder
}

function request(folder: string, changes: Partial<ProcessRequest>): ProcessRequest {
  return {
    bank: 'alu',
    session: 1,
    name: 'META_PROC',
    exe: 'true',
    args: '',
    expand: true,
    env: {PATH: `${process.env['PATH']}:${path.join(folder, 'process')}`},
    workingDirectory: path.join(folder, 'process'),
    stdoutFile: path.join(folder, 'META_PROC.out'),
    stderrFile: path.join(folder, 'META_PROC.err'),
    timeoutMs: null,
    ...changes,
  }
}

async function run(folder: string, changes: Partial<ProcessRequest>, options: Partial<ProcessOptions> = {}) {
  const signal = new AbortController().signal
  return await runProcess(request(folder, changes), {signal, env: {}, ...options})
}

const out = (folder: string) => readFileSync(path.join(folder, 'META_PROC.out'), 'utf8')
const err = (folder: string) => readFileSync(path.join(folder, 'META_PROC.err'), 'utf8')

function script(folder: string, name: string, text: string): string {
  const file = path.join(folder, 'process', name)
  writeFileSync(file, `#!/bin/sh\n${text}\n`)
  chmodSync(file, 0o755)
  return file
}

/** Pids that scripts wrote into `pids`, one a line. */
function pids(folder: string): number[] {
  const file = path.join(folder, 'pids')
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').filter(Boolean).map(Number) : []
}

/** A process with a child and a grandchild; none of the three ends by itself, or when it is asked to. */
function stubbornTree(folder: string): void {
  const stubborn = `trap '' TERM INT HUP; echo $$ >> ${folder}/pids`
  script(folder, 'grandchild', `${stubborn}; while :; do sleep 1; done`)
  script(folder, 'child', `${stubborn}; grandchild & while :; do sleep 1; done`)
  script(folder, 'parent', `${stubborn}; child & while :; do sleep 1; done`)
}

const treeIsUp = async (folder: string) => until('the tree runs', () => pids(folder).length === 3)

it('gives exit code and output of a process, which runs in process.dir', async () => {
  const folder = workplace()
  const result = await run(folder, {exe: 'pwd', args: '; echo wrong >&2 ; exit 3'})
  expect(result).toEqual({exitCode: 3, signal: null, timedOut: false})
  expect(out(folder)).toBe(`${path.join(folder, 'process')}\n`)
  expect(err(folder)).toBe('wrong\n')
})

it('finds a program in process.dir, with a shell and without', async () => {
  const folder = workplace()
  script(folder, 'index.sh', 'echo "index: $1"')
  for (const expand of [true, false]) {
    expect(await run(folder, {exe: 'index.sh', args: 'all', expand})).toMatchObject({exitCode: 0})
    expect(out(folder)).toBe('index: all\n')
  }
})

it('has the shell expand arguments, unless expand is off', async () => {
  const folder = workplace()
  writeFileSync(path.join(folder, 'process', 'a.fa'), '')
  const env = {PATH: process.env['PATH'] ?? '', dbname: 'alu'}
  await run(folder, {exe: 'echo', args: '*.fa   $dbname', env})
  expect(out(folder)).toBe('a.fa alu\n')
  await run(folder, {exe: 'echo', args: '*.fa   $dbname', env, expand: false})
  expect(out(folder)).toBe('*.fa $dbname\n')
})

it('gives a process its variables, dots and all, and of ours only what makes it feel at home', async () => {
  const folder = workplace()
  const env = {PATH: process.env['PATH'] ?? '', 'data.dir': '/data', LANG: 'fr_FR'}
  const own = {HOME: '/home/b', LANG: 'C', TZ: 'UTC', BIOMAJ_API_KEY: 'secret', NODE_OPTIONS: '--x'}
  await run(folder, {exe: 'env', expand: false, env}, {env: own})
  const seen = out(folder)
    .trim()
    .split('\n')
    .filter(line => !line.startsWith('PATH='))
  expect(seen.toSorted()).toEqual(['HOME=/home/b', 'LANG=fr_FR', 'TZ=UTC', 'data.dir=/data'])
})

it('tells which signal ended a process', async () => {
  expect(await run(workplace(), {exe: 'kill', args: '-USR1 $$'})).toMatchObject({exitCode: null, signal: 'SIGUSR1'})
})

it('answers a shell that finds no program as the shell does, and without a shell with a reason', async () => {
  const folder = workplace()
  expect(await run(folder, {exe: 'no-such-program'})).toMatchObject({exitCode: 127})
  expect(err(folder)).toContain('no-such-program')
  await expect(run(folder, {exe: 'no-such-program', expand: false})).rejects.toMatchObject({
    code: 'server_error',
    message: 'no-such-program was not found',
  })
})

it('says so when process.dir does not exist', async () => {
  const folder = workplace()
  await expect(run(folder, {workingDirectory: `${folder}/none`})).rejects.toMatchObject({
    code: 'server_error',
    message: expect.stringContaining('/none is not a folder'),
  })
})

it('empties the output of an earlier run', async () => {
  const folder = workplace()
  await run(folder, {exe: 'echo', args: 'a long line of before'})
  await run(folder, {exe: 'echo', args: 'short'})
  expect(out(folder)).toBe('short\n')
})

it('kills a whole tree that ignores all polite signals when its time is over', async () => {
  const folder = workplace()
  stubbornTree(folder)
  const result = await run(folder, {exe: 'parent', timeoutMs: 1500}, {graceMs: 50})
  expect(result).toMatchObject({exitCode: null, signal: expect.any(String), timedOut: true})
  expect(pids(folder)).not.toHaveLength(0)
  await until('all are dead', () => !pids(folder).some(isAlive))
})

it.skipIf(process.platform !== 'linux')('kills what left the group for a session of its own, too', async () => {
  const folder = workplace()
  const stubborn = `trap '' TERM INT HUP; echo $$ >> ${folder}/pids`
  script(folder, 'grandchild', `${stubborn}; while :; do sleep 1; done`)
  script(folder, 'child', `${stubborn}; setsid grandchild & while :; do sleep 1; done`)
  script(folder, 'parent', `${stubborn}; setsid child & while :; do sleep 1; done`)
  const cancel = new AbortController()
  const running = run(folder, {exe: 'parent'}, {signal: cancel.signal, graceMs: 50})
  await treeIsUp(folder)
  cancel.abort(new Error('enough'))
  await expect(running).rejects.toThrow('enough')
  await until('all are dead', () => !pids(folder).some(isAlive))
})

it.each([true, false])('kills a whole tree when it is cancelled, and throws why (expand: %s)', async expand => {
  const folder = workplace()
  stubbornTree(folder)
  const cancel = new AbortController()
  const running = run(folder, {exe: 'parent', expand}, {signal: cancel.signal, graceMs: 50})
  await treeIsUp(folder)
  cancel.abort(new Error('enough'))
  await expect(running).rejects.toThrow('enough')
  await until('all are dead', () => !pids(folder).some(isAlive))
})

it('lets a process that is cancelled put its things in order', async () => {
  const folder = workplace()
  script(
    folder,
    'tidy',
    `trap 'sleep 0.2; echo tidied; exit 0' TERM; echo $$ >> ${folder}/pids; while :; do sleep 0.05; done`,
  )
  const cancel = new AbortController()
  const running = run(folder, {exe: 'tidy'}, {signal: cancel.signal, graceMs: 20_000})
  await until('it runs', () => pids(folder).length === 1)
  cancel.abort(new Error('enough'))
  await expect(running).rejects.toThrow('enough')
  expect(out(folder)).toBe('tidied\n')
})

it('does not wait for manners when it must end at once', async () => {
  const folder = workplace()
  stubbornTree(folder)
  const [cancel, kill] = [new AbortController(), new AbortController()]
  const running = run(folder, {exe: 'parent'}, {signal: cancel.signal, kill: kill.signal, graceMs: 600_000})
  await treeIsUp(folder)
  cancel.abort(new Error('stopped'))
  kill.abort()
  await expect(running).rejects.toThrow('stopped')
  await until('all are dead', () => !pids(folder).some(isAlive))
})

it('ends what a process leaves in the background', async () => {
  const folder = workplace()
  stubbornTree(folder)
  const result = await run(folder, {
    exe: 'parent',
    args: `& until [ $(wc -l < ${folder}/pids) = 3 ]; do sleep 0.02; done`,
  })
  expect(result.exitCode).toBe(0)
  expect(pids(folder)).toHaveLength(3)
  await until('all are dead', () => !pids(folder).some(isAlive))
})

it('stops a process that writes without end', async () => {
  const folder = workplace()
  const result = await run(folder, {exe: 'yes'}, {maxOutputBytes: 100_000, graceMs: 50})
  expect(result).toMatchObject({timedOut: false, stopped: 'it wrote more than 100000 bytes of output'})
  expect(result.signal).not.toBeNull()
})

it('starts nothing when it is cancelled already', async () => {
  const folder = workplace()
  await expect(run(folder, {}, {signal: AbortSignal.abort(new Error('before'))})).rejects.toThrow('before')
  expect(existsSync(path.join(folder, 'META_PROC.out'))).toBe(false)
})
