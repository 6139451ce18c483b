import {existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {describe, expect, it} from 'vitest'
import {
  bankEnvironment,
  doneBefore,
  type PlanKind,
  type PlanRun,
  type ProcessChange,
  processPlan,
  runPlan,
} from '../../../../src/cluster/engine/processes/index.js'
import type {ProducedFiles} from '../../../../src/cluster/model/bank.js'
import {until} from '../../../support/until.js'
import {describeWithOracle} from '../oracle.js'
import {askBiomaj, type Place, placeWith, processes} from './support.js'

/** Properties of a process that leaves its name in the trace and then does something. */
const process = (name: string, then = '', more: Record<string, string> = {}) =>
  Object.entries({name, exe: 'echo', args: `${name} >> %(trace)s ${then}`, ...more})
    .map(([key, value]) => `${name}.${key}=${value}\n`)
    .join('')

async function runOurs(place: Place, kind: PlanKind, changes: Partial<PlanRun> = {}) {
  const properties = await place.properties()
  const logDirectory = path.join(place.root, 'run')
  mkdirSync(logDirectory, {recursive: true})
  const environment = bankEnvironment({
    bank: 'alu',
    properties,
    session: {logFile: `${logDirectory}/alu.log`, release: '1.0', remoteRelease: '1.0'},
    dependencies: [],
    path: '/usr/bin:/bin',
  })
  return await runPlan({
    plan: processPlan(properties, kind),
    bank: 'alu',
    session: 1,
    done: {},
    environment,
    processes,
    threads: Number(properties.get('bank.num.threads')),
    workingDirectory: path.join(place.root, 'process'),
    logDirectory,
    timeoutMs: null,
    signal: new AbortController().signal,
    ...changes,
  })
}

interface Answer {
  ok: boolean
  done: Record<string, boolean>
  metadata: Record<string, Record<string, Array<{tags: Record<string, string>; types: string[]; files: string[]}>>>
}

const some = (list: string[]) => list.filter(item => item !== '')

/** BioMAJ's metadata in our words; it keeps empty types and files. */
function producedOf({metadata}: Answer): ProducedFiles[] {
  return Object.entries(metadata).flatMap(([name, formats]) =>
    Object.entries(formats).flatMap(([format, entries]) =>
      entries.map(({tags, types, files}) => ({process: name, format, types: some(types), tags, files: some(files)})),
    ),
  )
}

const inOrder = (items: unknown[]) => items.map(item => JSON.stringify(item)).toSorted()

const blocks = `BLOCKS=B1,B2,B3
B1.db.post.process=M1,M2,M3
B2.db.post.process=M4
B3.db.post.process=M5
M1=p1,p2
M2=p3
M3=p4
M4=p5,p6
M5=p7
`
const all = ['p1', 'p2', 'p3', 'p4', 'p5', 'p6', 'p7']

describeWithOracle('the processes of a step', () => {
  it.each<[string, string, PlanKind, Record<string, string>]>([
    ['all blocks', '', 'postprocess', {}],
    ['a first process that fails', '', 'postprocess', {p1: '; exit 1'}],
    ['a last process that fails', '', 'postprocess', {p7: '; exit 1'}],
    ['a meta that fails, with one thread', 'bank.num.threads=1\n', 'postprocess', {p3: '; exit 1'}],
    ['a block in the middle that fails', '', 'postprocess', {p5: '; exit 1'}],
    ['pre-processes', 'db.pre.process=M1,M4\n', 'preprocess', {}],
    ['pre-processes that fail', 'db.pre.process=M1,M4\n', 'preprocess', {p1: '; false'}],
    ['remove processes', 'db.remove.process=M2\n', 'removeprocess', {}],
    ['no pre-processes', '', 'preprocess', {}],
    [
      'arguments with variables',
      '',
      'postprocess',
      {p1: '; echo ${localrelease} ${data.dir} ${nothing}x >> %(trace)s'},
    ],
  ])('run as in BioMAJ: %s', async (_what, more, kind, then) => {
    const place = placeWith(blocks + more + all.map(name => process(name, then[name])).join(''))
    const theirs = await askBiomaj<Answer>(place, {run: {bank: 'alu', kind, done: {}}})
    const theirTrace = place.trace()
    place.forgetTrace()
    const outcome = await runOurs(place, kind)
    expect({ok: outcome.ok, done: outcome.done}).toEqual({ok: theirs.ok, done: theirs.done})
    expect(place.trace().toSorted()).toEqual(theirTrace.toSorted())
  })

  it('are not run again as in BioMAJ', async () => {
    const place = placeWith(blocks + all.map(name => process(name)).join(''))
    const done = {B1: {M1: {p1: true, p2: false}, M2: {p3: true}, M3: {p4: true}}}
    const theirs = await askBiomaj<Answer>(place, {run: {bank: 'alu', kind: 'postprocess', done}})
    const theirTrace = place.trace()
    place.forgetTrace()
    const flat = {'B1.M1.p1': true, 'B1.M1.p2': false, 'B1.M2.p3': true, 'B1.M3.p4': true}
    const outcome = await runOurs(place, 'postprocess', {done: flat})
    // BioMAJ counts the metas of a block that was done before among those of the blocks that follow.
    expect(theirs.done).toMatchObject(outcome.done)
    expect(place.trace().toSorted()).toEqual(theirTrace.toSorted())
    expect(theirTrace).not.toContain('p1')
  })

  it.each<[string, string[], Record<string, string>]>([
    ['one line', ['##BIOMAJ#blast#nucleic#chr:chr1,organism:hg19#blast/chr1/chr1db'], {}],
    [
      'several lines and formats',
      ['##BIOMAJ#a#x,y##f1,f2', 'noise ##BIOMAJ#no#t##f', '##BIOMAJ#a#z#k:v#f3', '##BIOMAJ#b#x##f'],
      {},
    ],
    ['fields from the properties', ['##BIOMAJ####f1'], {format: 'fa', types: 't1,t2', tags: 'a:b'}],
    ['files from the properties', [], {format: 'fa', types: 't1', tags: 'a:b,c:d', files: 'f1,f2'}],
    ['both, of one format', ['##BIOMAJ#fa#x##lost', '##BIOMAJ#other#x##kept'], {format: 'fa', files: 'f1'}],
    ['a line without files', ['##BIOMAJ#fa#x##'], {}],
    ['nothing', ['hello'], {}],
  ])('say of their files the same as in BioMAJ: %s', async (_what, lines, more) => {
    const place = placeWith(
      `BLOCKS=B\nB.db.post.process=M\nM=P\n${process('P', '', {exe: 'cat', args: '%(root.dir)s/said', ...more})}`,
    )
    writeFileSync(path.join(place.root, 'said'), lines.map(line => `${line}\n`).join(''))
    const theirs = await askBiomaj<Answer>(place, {run: {bank: 'alu', kind: 'postprocess', done: {}}})
    const {produced, ok} = await runOurs(place, 'postprocess')
    expect(ok).toBe(true)
    expect(inOrder(produced)).toEqual(inOrder(producedOf(theirs)))
  })
})

describe('a plan', () => {
  it('refuses processes for containers and batch systems, and names that are not defined', async () => {
    const cases: Array<[string, string]> = [
      [process('P', '', {docker: 'ubuntu'}), 'P.docker'],
      [process('P', '', {cluster: 'true'}), 'P.cluster'],
      ['P.name=P\n', '"P.exe" is not set'],
    ]
    for (const [properties, message] of cases) {
      const place = placeWith(`db.pre.process=M\nM=P\n${properties}`)
      const read = await place.properties()
      expect(() => processPlan(read, 'preprocess')).toThrow(
        expect.objectContaining({code: 'config_invalid', message: expect.stringContaining(message)}),
      )
    }
    const place = await placeWith('BLOCKS=B\ndb.pre.process=M\n').properties()
    expect(() => processPlan(place, 'postprocess')).toThrow('"B.db.post.process" is not set')
    expect(() => processPlan(place, 'preprocess')).toThrow('"M" is not set')
  })

  it('begins again at a block, a meta or a process', async () => {
    const place = placeWith(blocks + all.map(name => process(name)).join(''))
    const plan = processPlan(await place.properties(), 'postprocess')
    const keys = ['B1.M1.p1', 'B1.M1.p2', 'B1.M2.p3', 'B1.M3.p4', 'B2.M4.p5', 'B2.M4.p6', 'B3.M5.p7']
    const done = Object.fromEntries(keys.map(key => [key, true]))
    const kept = (from: string | null) => Object.keys(doneBefore(plan, {done, from}))
    expect(kept('B2')).toEqual(keys.slice(0, 4))
    expect(kept('M2')).toEqual(keys.slice(0, 2))
    expect(kept('p6')).toEqual(keys.slice(0, 5))
    expect(kept('M4_p6')).toEqual(keys.slice(0, 5))
    expect(kept(null)).toEqual([])
    expect(() => kept('other')).toThrow(expect.objectContaining({code: 'usage'}))
  })

  it('tells of each process when it begins and ends, with files and lines that make no sense', async () => {
    const place = placeWith(
      `BLOCKS=B\nB.db.post.process=M\nM=P,Q\n${process('P', '', {exe: 'cat', args: '%(root.dir)s/said'})}${process('Q', '; exit 3')}`,
    )
    writeFileSync(path.join(place.root, 'said'), '##BIOMAJ#fa#x#odd#f1\n##BIOMAJ#short\n')
    const changes: ProcessChange[] = []
    const outcome = await runOurs(place, 'postprocess', {onProcess: change => void changes.push(change)})
    const brief = changes.map(({key, name, state, reason}) => [key, name, state, reason])
    expect(brief).toEqual([
      ['B.M.P', 'M_P', 'running', null],
      ['B.M.P', 'M_P', 'over', null],
      ['B.M.Q', 'M_Q', 'running', null],
      ['B.M.Q', 'M_Q', 'error', 'M_Q ended with exit code 3'],
    ])
    expect(changes[1]).toMatchObject({
      produced: [{process: 'M_P', format: 'fa', types: ['x'], tags: {}, files: ['f1']}],
      problems: [
        '"odd" is not a tag of the form name:value',
        'M_P wrote a line that is not ##BIOMAJ#format#types#tags#files: ##BIOMAJ#short',
      ],
    })
    expect(outcome.failures).toEqual([{key: 'B.M.Q', name: 'M_Q', reason: 'M_Q ended with exit code 3'}])
  })

  it('makes a process that cannot be started a failure with a reason', async () => {
    const place = placeWith(`db.pre.process=M\nM=P\n${process('P', '', {exe: 'no-such-program', expand: 'false'})}`)
    expect(await runOurs(place, 'preprocess')).toMatchObject({
      ok: false,
      failures: [{reason: 'no-such-program was not found'}],
    })
  })

  it('kills all that runs when it is aborted, and begins nothing more', async () => {
    const place = placeWith(blocks + all.map(name => process(name, name === 'p3' ? '' : '; sleep 600')).join(''))
    const stop = new AbortController()
    const running = runOurs(place, 'postprocess', {signal: stop.signal})
    await until('one of each thread runs', () => place.trace().includes('p1') && place.trace().includes('p3'))
    stop.abort(new Error('enough'))
    await expect(running).rejects.toThrow('enough')
    expect(place.trace()).not.toContain('p2')
  })

  it('stops at a failure that is not of a process, and waits for what runs', async () => {
    const place = placeWith(
      `BLOCKS=B\nB.db.post.process=M1,M2\nM1=P\nM2=Q\n${process('P')}${process('Q', '; sleep 600')}`,
    )
    const running = runOurs(place, 'postprocess', {
      onProcess: async ({name, state}) => {
        if (name !== 'M1_P' || state !== 'over') return
        await until('the other one runs', () => place.trace().includes('Q'))
        throw new Error('the disk is gone')
      },
    })
    await expect(running).rejects.toThrow('the disk is gone')
  })

  it('runs no shell for a release whose name is a command', async () => {
    const place = placeWith(`db.pre.process=M\nM=P\n${process('P', '; echo ${remoterelease}')}`)
    const environment = {remoterelease: `1; touch ${place.root}/evil`, PATH: '/usr/bin:/bin'}
    const outcome = await runOurs(place, 'preprocess', {environment})
    expect(outcome.failures[0]?.reason).toContain('which a shell would take for commands')
    expect(existsSync(path.join(place.root, 'evil'))).toBe(false)
    expect(place.trace()).toEqual([])
  })

  it('writes the output of a process beside the log, whatever its name', async () => {
    const place = placeWith('db.pre.process=M\nM=../P\n../P.name=P\n../P.exe=echo\n../P.args=hi\n')
    expect(await runOurs(place, 'preprocess')).toMatchObject({ok: true})
    expect(readFileSync(path.join(place.root, 'run', 'M_.._P.out'), 'utf8')).toBe('hi\n')
  })
})
