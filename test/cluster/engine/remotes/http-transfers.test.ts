import {randomBytes} from 'node:crypto'
import {mkdtemp, readdir, readFile, rm, stat, symlink, writeFile} from 'node:fs/promises'
import type {IncomingMessage, ServerResponse} from 'node:http'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {gzipSync} from 'node:zlib'
import {afterEach, beforeEach, expect, it} from 'vitest'
import type {ReleaseFile} from '../../../../src/cluster/model/bank.js'
import {fetchFiles, listRemote, remotesOf} from '../../../../src/cluster/engine/remotes/index.js'
import {propertiesOf} from './properties.js'
import {type ScriptedServer, scriptedServer} from './scripted-server.js'

let folder: string
const servers: ScriptedServer[] = []
const fast = {'options.names': 'wait_policy', 'options.wait_policy': 'wait_none'}

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'biomaj-transfer-'))
})
afterEach(async () => {
  await Promise.all(servers.splice(0).map(async server => await server.stop()))
  await rm(folder, {recursive: true, force: true})
})

async function serve(answer: Parameters<typeof scriptedServer>[0]): Promise<ScriptedServer> {
  const server = await scriptedServer(answer)
  servers.push(server)
  return server
}

function file(name: string, more: Partial<ReleaseFile> = {}): ReleaseFile {
  return {name, saveAs: name, size: null, date: {year: 2024, month: 5, day: 6}, hash: null, ...more}
}

interface Fetch {
  server: string
  files: ReleaseFile[]
  values?: Record<string, string>
  stallMs?: number
  signal?: AbortSignal
  warnings?: string[]
}

async function fetch({server, files, values = {}, stallMs = 5000, signal, warnings = []}: Fetch) {
  const properties = propertiesOf({protocol: 'http', server, 'remote.dir': '/data/', ...fast, ...values})
  const [remote] = remotesOf(properties)
  if (!remote) throw new Error('no source')
  return await fetchFiles(
    {bank: 'alu', session: 1, remote, files, targetDirectory: folder},
    {
      properties,
      signal: signal ?? new AbortController().signal,
      onProgress: () => undefined,
      onWarning: line => warnings.push(line),
      limits: {stallMs},
    },
  )
}

const content = randomBytes(3_000_000)
const modified = 'Mon, 06 May 2024 10:00:00 GMT'

/** As a real server does: whole, or the range that is asked for if the file is still the same. */
function deliver(
  request: IncomingMessage,
  response: ServerResponse,
  {etag = '"one"', cutAfter = 0, body = content} = {},
) {
  const range = /^bytes=(\d+)-$/.exec(request.headers.range ?? '')
  const same = request.headers['if-range'] === etag
  const from = range && same ? Number(range[1]) : 0
  const headers = {etag, 'last-modified': modified, 'accept-ranges': 'bytes', 'content-length': body.length - from}
  if (from > 0)
    response.writeHead(206, {...headers, 'content-range': `bytes ${from}-${body.length - 1}/${body.length}`})
  else response.writeHead(200, headers)
  if (cutAfter > 0) response.write(body.subarray(from, from + cutAfter), () => response.socket?.destroySoon())
  else response.end(body.subarray(from))
}

it('goes on where a broken connection left off, without fetching a byte twice', async () => {
  const upstream = await serve((request, response, count) =>
    deliver(request, response, count < 3 ? {cutAfter: 1_000_000} : {}),
  )
  const warnings: string[] = []
  const {files} = await fetch({server: upstream.server, files: [file('big')], warnings})
  expect(await readFile(path.join(folder, 'big'))).toEqual(content)
  expect(files[0]?.size).toBe(content.length)
  expect(upstream.requests.map(({headers}) => headers.range)).toEqual([undefined, 'bytes=1000000-', 'bytes=2000000-'])
  expect(warnings).toHaveLength(2)
  expect(await readdir(folder)).toEqual(['big'])
  expect((await stat(path.join(folder, 'big'))).mtime).toEqual(new Date(2024, 4, 6))
})

it('goes on in a later run too', async () => {
  const upstream = await serve((request, response, count) =>
    deliver(request, response, count === 1 ? {cutAfter: 1_000_000} : {}),
  )
  const values = {'options.names': 'stop_condition', 'options.stop_condition': 'stop_after_attempt(1)'}
  await expect(fetch({server: upstream.server, files: [file('big')], values})).rejects.toThrow(/big/)
  expect(await readdir(folder)).not.toContain('big')
  await fetch({server: upstream.server, files: [file('big')], values})
  expect(await readFile(path.join(folder, 'big'))).toEqual(content)
  expect(upstream.requests[1]?.headers.range).toBe('bytes=1000000-')
})

it('begins anew when the file has changed meanwhile', async () => {
  const other = randomBytes(3_000_000)
  const upstream = await serve((request, response, count) =>
    deliver(request, response, count === 1 ? {cutAfter: 1_000_000} : {etag: '"two"', body: other}),
  )
  await fetch({server: upstream.server, files: [file('big')]})
  expect(await readFile(path.join(folder, 'big'))).toEqual(other)
})

it('begins anew when the server ignores ranges, or sends another one', async () => {
  const upstream = await serve((request, response, count) => {
    if (count === 1) deliver(request, response, {cutAfter: 1_000_000})
    else if (count === 2) {
      response
        .writeHead(206, {'content-range': `bytes 5-${content.length - 1}/${content.length}`})
        .end(content.subarray(5))
    } else response.writeHead(200, {'content-length': content.length}).end(content)
  })
  await fetch({server: upstream.server, files: [file('big')]})
  expect(await readFile(path.join(folder, 'big'))).toEqual(content)
})

it('gives up after as many attempts as the properties say, with the reason and nothing under the name', async () => {
  const upstream = await serve((_request, response) => response.writeHead(500).end())
  const values = {'options.names': 'stop_condition,wait_policy', 'options.stop_condition': 'stop_after_attempt(2)'}
  await expect(fetch({server: upstream.server, files: [file('a')], values})).rejects.toMatchObject({
    code: 'refused',
    message: expect.stringMatching(/^a: http:\/\/127.*\/data\/a: HTTP 500 \(2 attempts\)$/),
  })
  expect(upstream.requests).toHaveLength(2)
  expect(await readdir(folder)).toEqual([])
})

it('asks once only for what is not there, or not for us', async () => {
  const upstream = await serve((request, response) => response.writeHead(request.url === '/data/a' ? 404 : 401).end())
  await expect(fetch({server: upstream.server, files: [file('a')]})).rejects.toMatchObject({code: 'refused'})
  await expect(fetch({server: upstream.server, files: [file('b')]})).rejects.toMatchObject({code: 'bad_credentials'})
  expect(upstream.requests).toHaveLength(2)
})

it('gives up a server that stalls, before the answer and within it', async () => {
  const upstream = await serve((request, response) => {
    if (request.url === '/data/body') response.writeHead(200, {'content-length': 10}).write('12345')
  })
  const values = {'options.names': 'stop_condition', 'options.stop_condition': 'stop_after_attempt(1)'}
  for (const name of ['body', 'answer']) {
    await expect(fetch({server: upstream.server, files: [file(name)], values, stallMs: 300})).rejects.toMatchObject({
      code: 'timeout',
    })
  }
})

it('ends a transfer that takes longer than timeout.download, though bytes keep coming', async () => {
  const upstream = await serve((_request, response) => {
    const timer = setInterval(() => response.write('x'), 50)
    response.on('close', () => clearInterval(timer))
  })
  const values = {
    'timeout.download': '1',
    'options.names': 'stop_condition',
    'options.stop_condition': 'stop_after_attempt(1)',
  }
  await expect(fetch({server: upstream.server, files: [file('slow')], values})).rejects.toThrow(/longer than 1 s/)
})

it('stops at once when it is cancelled, with the reason of the one who cancelled', async () => {
  const cancel = new AbortController()
  const reason = new Error('cancelled by anna')
  const upstream = await serve((_request, response) => {
    response.writeHead(200, {'content-length': 10}).write('12345', () => cancel.abort(reason))
  })
  await expect(fetch({server: upstream.server, files: [file('a')], signal: cancel.signal})).rejects.toBe(reason)
  expect(await readdir(folder)).not.toContain('a')
})

it('sends user and password to the server, but not to another one that it is sent to', async () => {
  const seen: Array<string | undefined> = []
  const other = await serve((request, response) => {
    seen.push(request.headers.authorization)
    response.end('there')
  })
  const upstream = await serve((request, response) => {
    seen.push(request.headers.authorization)
    response.writeHead(302, {location: `http://${other.server}/elsewhere`}).end()
  })
  await fetch({server: upstream.server, files: [file('a')], values: {'server.credentials': 'anna:pa:ss'}})
  expect(seen).toEqual([`Basic ${Buffer.from('anna:pa:ss').toString('base64')}`, undefined])
  expect(await readFile(path.join(folder, 'a'), 'utf8')).toBe('there')
})

it('follows no redirect when that is switched off, and none for ever', async () => {
  const upstream = await serve((_request, response) => response.writeHead(302, {location: '/data/a'}).end())
  const values = {'options.names': 'allow_redirections', 'options.allow_redirections': 'false'}
  await expect(fetch({server: upstream.server, files: [file('a')], values})).rejects.toMatchObject({
    code: 'redirect_refused',
  })
  await expect(fetch({server: upstream.server, files: [file('a')]})).rejects.toMatchObject({code: 'refused'})
})

it('goes through a proxy, with its user and password', async () => {
  const proxy = await serve((request, response) =>
    response.end(`${request.url} ${request.headers['proxy-authorization']}`),
  )
  const values = {proxy: proxy.server, proxy_auth: 'bert:secret'}
  await fetch({server: 'databank.invalid', files: [file('a')], values})
  expect(await readFile(path.join(folder, 'a'), 'utf8')).toBe(
    `http://databank.invalid/data/a Basic ${Buffer.from('bert:secret').toString('base64')}`,
  )
})

it('tells GET parameters in the address and POST parameters in the body', async () => {
  const upstream = await serve((request, response) => {
    let body = ''
    request.on('data', (text: Buffer) => (body += String(text)))
    request.on('end', () => response.end(`${request.method} ${request.url} ${body}`))
  })
  const direct = {
    protocol: 'directhttp',
    'remote.dir': '/query/x/',
    'url.params': 'a, b',
    'a.value': '1 & 2',
    'b.value': 'é',
  }
  for (const [method, expected] of [
    ['GET', 'GET /query/x?a=1+%26+2&b=%C3%A9 '],
    ['POST', 'POST /query/x a=1+%26+2&b=%C3%A9'],
  ] as const) {
    const values = {...direct, 'url.method': method, 'target.name': 'out'}
    const properties = propertiesOf({server: upstream.server, ...values})
    const [source] = remotesOf(properties)
    if (!source) throw new Error('no source')
    const files = await listRemote({source, properties, signal: new AbortController().signal})
    expect(files[0]?.saveAs).toBe('out')
    await fetch({server: upstream.server, files, values})
    expect(await readFile(path.join(folder, 'out'), 'utf8')).toBe(expected)
  }
})

it('fetches an archive again that came damaged, and takes none that stays so', async () => {
  const archive = gzipSync(content)
  const upstream = await serve((request, response, count) => {
    const bad = request.url === '/data/bad.gz' || count === 1
    response.end(bad ? archive.subarray(0, 100_000) : archive)
  })
  await fetch({server: upstream.server, files: [file('a.gz')]})
  expect(await readFile(path.join(folder, 'a.gz'))).toEqual(archive)
  await expect(fetch({server: upstream.server, files: [file('bad.gz')]})).rejects.toThrow(/archive is damaged/)
  expect(await readdir(folder)).toEqual(['a.gz'])
  const unchecked = {'options.names': 'skip_check_uncompress', 'options.skip_check_uncompress': 'true'}
  await fetch({server: upstream.server, files: [file('bad.gz')], values: unchecked})
  expect(await readdir(folder)).toEqual(['a.gz', 'bad.gz'])
})

it('says that the disk is full, at once', async () => {
  const upstream = await serve((request, response) => deliver(request, response))
  // What is written there finds no space, ever.
  await symlink('/dev/full', path.join(folder, 'big.biomaj.part'))
  await expect(fetch({server: upstream.server, files: [file('big')]})).rejects.toMatchObject({
    code: 'server_error',
    message: expect.stringContaining('the disk is full'),
    hint: expect.stringContaining('Free some space'),
  })
  expect(upstream.requests).toHaveLength(1)
  expect(await readdir(folder)).not.toContain('big')
})

it.each(['../out', 'a/../../out', '/../out', 'a/./b', 'a//b', '', 'a\u0000b', 'a\nb', 'x'.repeat(256)])(
  'refuses to save a file as %j',
  async saveAs => {
    const upstream = await serve((_request, response) => response.end('x'))
    await expect(fetch({server: upstream.server, files: [file('a', {saveAs})]})).rejects.toMatchObject({
      code: 'config_invalid',
    })
    expect(upstream.requests).toHaveLength(0)
  },
)

it('writes through no link that leads out of the folder of the download', async () => {
  const outside = await mkdtemp(path.join(tmpdir(), 'biomaj-outside-'))
  try {
    await symlink(outside, path.join(folder, 'sub'))
    const upstream = await serve((_request, response) => response.end('x'))
    for (const saveAs of ['sub/a', 'sub/deep/a']) {
      await expect(fetch({server: upstream.server, files: [file('a', {saveAs})]})).rejects.toThrow(/leads out/)
    }
    // A link in the place of a file is replaced, not followed.
    await writeFile(path.join(outside, 'kept'), 'kept')
    await symlink(path.join(outside, 'kept'), path.join(folder, 'a'))
    await fetch({server: upstream.server, files: [file('a')]})
    expect(await readFile(path.join(outside, 'kept'), 'utf8')).toBe('kept')
    expect(await readFile(path.join(folder, 'a'), 'utf8')).toBe('x')
    expect(await readdir(outside)).toEqual(['kept'])
  } finally {
    await rm(outside, {recursive: true, force: true})
  }
})

it('fetches a name with spaces, percent signs and letters of any alphabet as it is listed', async () => {
  const upstream = await serve((request, response) => response.end(request.url))
  await fetch({server: upstream.server, files: [file('a b'), file('é'), file('a%20b', {saveAs: 'c'})]})
  expect(await readFile(path.join(folder, 'a b'), 'utf8')).toBe('/data/a%20b')
  expect(await readFile(path.join(folder, 'é'), 'utf8')).toBe('/data/%C3%A9')
  expect(await readFile(path.join(folder, 'c'), 'utf8')).toBe('/data/a%20b')
})

const of = (values: Record<string, string>) => () =>
  remotesOf(propertiesOf({server: 'x', 'remote.dir': '/', ...values}))

it('refuses properties that it cannot follow, before it asks anybody', () => {
  expect(of({protocol: 'sftp'})).toThrow(/"sftp" is not supported/)
  expect(of({protocol: 'irods'})).toThrow(/not supported/)
  expect(of({protocol: 'gopher'})).toThrow(/not a protocol/)
  expect(of({protocol: 'multi', 'remote.file.0.path': '/a', 'remote.file.0.protocol': 'ftp'})).toThrow(
    /direct protocol/,
  )
  expect(of({protocol: 'none'})()).toEqual([])
  expect(
    of({
      protocol: 'multi',
      'remote.file.0.path': '/a',
      'remote.file.0.protocol': 'directftp',
      'remote.file.1.path': '/b',
      'remote.file.1.protocol': 'directhttp',
      'remote.file.1.server': 'y',
      'remote.file.3.path': '/c',
    })(),
  ).toEqual([
    {protocol: 'directftp', server: 'x', directory: '/', source: 0},
    {protocol: 'directhttp', server: 'y', directory: '/', source: 1},
  ])
})
