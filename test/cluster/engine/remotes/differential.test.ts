import {mkdir, mkdtemp, rm, symlink, utimes, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import type {ReleaseFile} from '../../../../src/cluster/model/bank.js'
import {listRemote, remotesOf} from '../../../../src/cluster/engine/remotes/index.js'
import {startFtpUpstream, startHttpUpstream} from '../../../support/upstream/index.js'
import type {Upstream} from '../../../support/upstream/types.js'
import {type Answer, downloaderOracle} from './downloader-oracle.js'
import {propertiesOf} from './properties.js'
import {type RsyncUpstream, startRsyncUpstream} from './rsync-upstream.js'

type Chosen = [name: string, saveAs: string, size: number, date: [number, number, number]]

const signal = new AbortController().signal
const ask = downloaderOracle()

const tree: Record<string, [content: string, modified: Date]> = {
  'alu.n.gz': ['nucleic', new Date('2024-05-06T12:00:00Z')],
  'alu.a.gz': ['proteins!', new Date('2024-05-07T12:00:00Z')],
  'alu.n.gz.md5': ['0123', new Date('2023-01-02T12:00:00Z')],
  'README.txt': ['read', new Date('2020-02-29T12:00:00Z')],
  'release-112.txt': ['', new Date('2026-01-01T12:00:00Z')],
  'sub/one.fa': ['>1', new Date('2024-06-01T12:00:00Z')],
  'sub/two.fasta': ['>2', new Date('2024-06-02T12:00:00Z')],
  'sub/deep/three.fa': ['>3', new Date('2019-12-31T12:00:00Z')],
  'sub2/one.fa': ['>4', new Date('2024-06-03T12:00:00Z')],
  'release-7/data/a.txt': ['a', new Date('2024-06-03T12:00:00Z')],
  'release-8/data/a.txt': ['b', new Date('2024-06-04T12:00:00Z')],
  'release-8/data/b.txt': ['bb', new Date('2024-06-05T12:00:00Z')],
}

const patterns = String.raw`
.* | ^alu.*\.gz$ | ^alu.*\.gz | alu | lu | .*\.gz$ | ^alu\.(n|a)\.gz$ | (alu)\.(n) | **/* | sub/.* | ^sub/.* | ^/sub/.* | /.* | sub/ | ^sub$/.* | sub.*/one | sub/deep/.* | sub/.*/.*
^(sub)/(one).* | (sub.*)/(.*)\.fa | ^release-(\d+)/(data)/(.*)$ | release-\d+/data/[ab]\.txt | release-(\d+)/data/(a|b)(\.txt) | ^/alu | ^/release-8/data | .*/.*/.* | [^s].* | [^/]+ | (?i)ALU.* | (?i)readme
^.*(?<!\.md5)$ | release-\d+\.txt | nothing-like-it | nothing/like/it | sub/nothing | alu\.n\.gz README.* sub/one.* | sub/one.* sub2/one.* | \d+ | .+\..+ | (?P<bank>alu)\.(?P<kind>.)
`
  .split(/ \| |\n/)
  .filter(pattern => pattern !== '')

async function ours(values: Record<string, string>): Promise<Chosen[] | {error: string}> {
  const properties = propertiesOf({...values, 'timeout.download': '20'})
  const [source] = remotesOf(properties)
  if (!source) throw new Error('no source')
  try {
    const files = await listRemote({source, properties, signal})
    return files.map(chosen)
  } catch (error) {
    return {error: String(error)}
  }
}

function chosen({name, saveAs, size, date}: ReleaseFile): Chosen {
  return [name, saveAs, size ?? 0, [date?.year ?? 0, date?.month ?? 0, date?.day ?? 0]]
}

/** BioMAJ takes a file twice that two patterns choose, and puts its folder before its name twice then. */
function onceEach(files: Chosen[]): Chosen[] {
  const known = new Map(files.map(file => [file[0], file]))
  return [...known.values()].map(([name, saveAs, size, date]) => [name, saveAs.replace(/^\//, ''), size, date])
}

function inOrder(files: Chosen[] | {error: string}): Chosen[] | {error: string} {
  return Array.isArray(files) ? files.toSorted(byName) : files
}

const inOtherWords: unknown = {error: expect.any(String)}

/** Where BioMAJ fails, so does ours, in other words. */
function asExpected(theirs: Answer<Chosen[]>): unknown {
  if (!theirs.ok) return inOtherWords
  // rsync lists the folder itself too.
  const files = theirs.value.filter(([name]) => !name.includes('/./'))
  return onceEach(files).toSorted(byName)
}

interface Server {
  values: Record<string, string>
  directory: string
  stop(): Promise<void>
}

const byName = (a: Chosen, b: Chosen) => a[0].localeCompare(b[0])

async function fill(upstream: Upstream): Promise<Server> {
  for (const [file, [content, modified]] of Object.entries(tree)) await upstream.put(`/data/${file}`, content, modified)
  const {protocol, server} = upstream.source('/data/') as Record<string, string>
  return {
    values: {protocol: protocol ?? '', server: server ?? '', 'remote.dir': '/data/'},
    directory: '/data/',
    stop: async () => await upstream.stop(),
  }
}

async function write(folder: string): Promise<void> {
  for (const [name, [content, modified]] of Object.entries(tree)) {
    const file = path.join(folder, name)
    await mkdir(path.dirname(file), {recursive: true})
    await writeFile(file, content)
    await utimes(file, modified, modified)
  }
}

const servers: Record<string, () => Promise<Server>> = {
  local: async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'biomaj-local-'))
    await write(folder)
    await symlink('alu.n.gz', path.join(folder, 'link.gz'))
    return {
      values: {protocol: 'local', 'remote.dir': `${folder}/`},
      directory: `${folder}/`,
      stop: async () => await rm(folder, {recursive: true, force: true}),
    }
  },
  http: async () => await fill(await startHttpUpstream()),
  ftp: async () => await fill(await startFtpUpstream()),
}

describe.each(Object.keys(servers))('%s, listed and matched as by BioMAJ', name => {
  let server: Server
  beforeAll(async () => {
    server = await (servers[name] as () => Promise<Server>)()
  })
  afterAll(async () => await server.stop())

  it.each(patterns)('%s', async pattern => {
    const {protocol, server: host = ''} = server.values
    const theirs = await ask<Chosen[]>({
      ask: 'choose',
      protocol,
      server: host,
      directory: server.directory,
      patterns: pattern.split(' '),
    })
    const mine = await ours({...server.values, 'remote.files': pattern})
    expect(inOrder(mine)).toEqual(asExpected(theirs))
  })
})

describe('rsync', () => {
  let daemon: RsyncUpstream
  beforeAll(async () => {
    daemon = await startRsyncUpstream()
    await write(daemon.folder)
  })
  afterAll(async () => await daemon.stop())

  // BioMAJ takes a folder for one of its own folders there, and never comes to an end in it.
  const ending = patterns.filter(pattern => pattern !== '**/*' && !/^\.\*\/|^\^?\/|^\[|\/\.\*\//.test(pattern))

  // It reaches no daemon on another port than 873, so it lists the same folder without one.
  it.each(ending)('%s', async pattern => {
    const theirs = await ask<Chosen[]>({
      ask: 'choose',
      protocol: 'rsync',
      server: `${daemon.folder}/`,
      directory: '',
      patterns: pattern.split(' '),
    })
    const mine = await ours({protocol: 'rsync', server: daemon.server, 'remote.dir': '/data/', 'remote.files': pattern})
    expect(inOrder(mine)).toEqual(asExpected(theirs))
  })
})

describe('one file by its address', () => {
  it.each([
    {protocol: 'directhttp', values: {}},
    {protocol: 'directhttp', values: {'target.name': 'other/name.gz'}, saveAs: 'other/name.gz'},
    {protocol: 'directftp', values: {}},
    {protocol: 'directftp', values: {'target.name': 'name.gz'}, saveAs: 'name.gz'},
  ])('$protocol $values', async ({protocol, values, saveAs}) => {
    const upstream = await (protocol === 'directhttp' ? startHttpUpstream() : startFtpUpstream())
    try {
      await fill(upstream)
      const {server = ''} = upstream.source('/') as Record<string, string>
      const theirs = await ask<Chosen[]>({
        ask: 'choose',
        protocol,
        server,
        directory: '/',
        path: '/data/sub/one.fa',
        saveAs,
        patterns: ['.*'],
      })
      const mine = await ours({protocol, server, 'remote.dir': '/data/sub/one.fa/', ...values})
      expect(mine).toEqual(theirs.ok ? onceEach(theirs.value) : theirs)
    } finally {
      await upstream.stop()
    }
  })
})

describe('conditions of retries, as tenacity understands them', () => {
  const states = [1, 2, 3, 5, 10].flatMap(attempt => [0, 3, 60].map(elapsed => [attempt, elapsed]))
  it.each([
    ['stop_after_attempt(3)', 'wait_fixed(3)'],
    ['stop_after_attempt(max_attempt_number=2)', 'wait_fixed(wait=0.5)'],
    ['stop_after_delay(60)', 'wait_none'],
    ['stop_never', 'wait_exponential()'],
    ['stop_after_attempt(5) | stop_after_delay(3)', 'wait_fixed(1) + wait_incrementing(1, 2, 7)'],
    ['stop_after_attempt(2) & stop_after_delay(3)', 'wait_exponential(multiplier=2, max=10, exp_base=3)'],
    ['stop_any(stop_after_attempt(5), stop_after_delay(60))', 'wait_exponential(1, 60, 2, 5)'],
    [
      'stop_all(stop_after_attempt(5), stop_after_delay(60))',
      'wait_chain(wait_fixed(1), wait_fixed(2), wait_fixed(5))',
    ],
    ['(stop_after_attempt(2) | stop_never) & stop_after_delay(1)', 'wait_combine(wait_fixed(1), wait_fixed(2))'],
    ['stop_after_attempt(4)|stop_after_attempt(2)&stop_after_delay(60)', 'wait_incrementing(start=10, increment=4)'],
  ])('%s, %s', async (stop, wait) => {
    const {retryPolicy} = await import('../../../../src/cluster/engine/remotes/retry-policy.js')
    const policy = retryPolicy(stop, wait)
    const mine = states.map(([attempt = 0, elapsed = 0]) => [
      policy.stops(attempt, elapsed),
      policy.waitSeconds(attempt, Math.random),
    ])
    expect({ok: true, value: mine}).toEqual(await ask({ask: 'retry', stop, wait, states}))
  })

  it.each([
    ['stop_after_attempt', 'wait_none'],
    ['stop_after_attempt(1', 'wait_none'],
    ['stop_after_attempt(3) + stop_never', 'wait_none'],
    ['3', 'wait_none'],
    ['stop_never()', 'wait_none'],
    ['stop_never', 'wait_fixed'],
    ['stop_never', 'wait_fixed(1) | wait_fixed(2)'],
    ['stop_never', '__import__("os").system("true")'],
    ['stop_never', 'wait_fixed(1, 2)'],
    ['stop_never', 'wait_fixed(pause=2)'],
    ['stop_never', ''],
    ['stop_never', 'wait_fixed(-1)'],
  ])('%s, %s is refused by both', async (stop, wait) => {
    const {retryPolicy} = await import('../../../../src/cluster/engine/remotes/retry-policy.js')
    expect(() => retryPolicy(stop, wait)).toThrow(/cannot be understood/)
    expect(await ask({ask: 'retry', stop, wait, states: []})).toMatchObject({ok: false})
  })
})

describe('releases, as BioMAJ orders and writes them', () => {
  it.each([
    [['1.2', '1.10', '1.9']],
    [['36.0', '35.0', '36.0.1']],
    [['1.0', '1.0.0']],
    [['1.0a1', '1.0', '1.0rc2']],
    [['1.0.dev1', '1.0a1', '1.0.post1', '1.0-2']],
    [['2024.1', '2024.01', '2023.12']],
    [['v2', '1!1', '3']],
    [['1.0+abc', '1.0+5', '1.0+abc.1', '1.0']],
    [['99999999999999999999', '99999999999999999998']],
    [['112', '9', '112']],
  ])('the highest of %j', async versions => {
    const {highestVersion} = await import('../../../../src/cluster/engine/remotes/version-order.js')
    for (const order of [versions, versions.toReversed()]) {
      expect({ok: true, value: highestVersion(order)}).toEqual(await ask({ask: 'highest', versions: order}))
    }
  })

  it('and where BioMAJ fails, numbers count as numbers', async () => {
    const {highestVersion} = await import('../../../../src/cluster/engine/remotes/version-order.js')
    expect(highestVersion(['2024_9', '2024_10', '2023_12'])).toBe('2024_10')
    expect(await ask({ask: 'highest', versions: ['2024_9', '2024_10']})).toMatchObject({ok: false})
  })

  it('dates in a format', async () => {
    const {formatDate} = await import('../../../../src/cluster/engine/remotes/strftime.js')
    const format =
      '%Y|%y|%C|%m|%d|%e|%j|%B|%b|%h|%A|%a|%u|%w|%U|%W|%G|%g|%V|%H|%I|%M|%S|%f|%p|%F|%D|%x|%T|%X|%R|%r|%c|%%|%-d|%-m'
    for (const [year, month, day, hour] of [
      [2024, 1, 1, 0],
      [2024, 12, 30, 13],
      [2021, 1, 3, 12],
      [2026, 11, 21, 9],
      [2000, 2, 29, 23],
    ] as const) {
      const mine = formatDate(new Date(year, month - 1, day, hour, 5, 7), format)
      expect({ok: true, value: mine}).toEqual(
        await ask({ask: 'strftime', time: [year, month, day, hour, 5, 7], format}),
      )
    }
  })

  it.each([
    ['2024-05-06 10:11', '%Y-%m-%d %H:%M'],
    ['6-May-2024', '%d-%b-%Y'],
    ['06/05/24', '%d/%m/%y'],
    ['Mon, 06 May 2024 10:11:12 GMT', '%a, %d %B %Y %H:%M:%S %Z'],
    ['May 6, 2024 3:04 PM', '%B %d, %Y %I:%M %p'],
    ['2024-05-06', '%Y-%m-%d %H:%M'],
    ['2024-13-06', '%Y-%m-%d'],
    ['2023-02-29', '%Y-%m-%d'],
  ])('%s in %s', async (text, format) => {
    const {parseDate} = await import('../../../../src/cluster/engine/remotes/strptime.js')
    const date = parseDate(text, format)
    const theirs = await ask<number[]>({ask: 'strptime', text, format})
    expect(date && [date.year, date.month, date.day]).toEqual(theirs.ok ? theirs.value : null)
  })
})
