import {execFileSync} from 'node:child_process'
import {mkdir, mkdtemp, rm, symlink, truncate, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {createPublishedData, exposedByFiles} from '../../../src/cluster/gateway/published/published-data.js'
import type {Bank} from '../../../src/cluster/model/bank.js'
import {accountsOf, bankOf, type Site, siteAt} from '../scheduler/support.js'
import {Closing, gatewayOf, rawRequest} from './support.js'

const closing = new Closing()
let site: Site
let data: string
let url: string
let port: number

const accounts = accountsOf(
  {id: 'root', email: 'root@example.org', admin: true},
  {id: 'anna', email: 'anna@example.org', admin: false},
  {id: 'bert', email: 'bert@example.org', admin: false},
)

/** A bank with a file in each release; releases are numbered by their sessions. */
async function addBank(
  name: string,
  {current, releases = [1, 2, 3], ...more}: Partial<Bank> & {releases?: number[]} = {},
) {
  for (const release of releases) {
    const directory = path.join(data, name, `${name}_${release}`, 'flat')
    await mkdir(directory, {recursive: true})
    await writeFile(path.join(directory, 'a.fa'), `>${name} ${release}\nACGT\n`)
  }
  await site.store.banks.insert({
    ...bankOf(name),
    current: current ?? null,
    production: releases.map(session => ({
      session,
      release: String(session),
      remoteRelease: String(session),
      formats: [],
      types: [],
      tags: {},
      sizeBytes: null,
      dataDir: data,
      dirVersion: name,
      productionDirectory: `${name}_${session}`,
      logFile: '',
      frozen: false,
    })),
    ...more,
  })
}

beforeEach(async () => {
  site = siteAt('2026-11-21T12:00:00Z')
  closing.add(() => site.close())
  data = await mkdtemp(path.join(tmpdir(), 'biomaj-db-'))
  closing.add(() => rm(data, {recursive: true}))
  await addBank('alu', {current: 2})
  await addBank('secret', {current: 2, visibility: 'private'})
  await addBank('unpublished')
  const published = createPublishedData({store: site.store, accounts, admins: []})
  ;({url, port} = await closing.serve(gatewayOf({published})))
})
afterEach(() => closing.closeAll())

const key = (name: string) => ({authorization: `APIKEY ${name}`})
const basic = (name: string) => ({authorization: `Basic ${Buffer.from(`anybody:${name}`).toString('base64')}`})

async function names(path: string, headers: Record<string, string> = {}): Promise<string[]> {
  const response = await fetch(`${url}${path}`, {headers})
  expect(response.status).toBe(200)
  return ((await response.json()) as {entries: Array<{name: string}>}).entries.map(({name}) => name)
}

async function answers(bank: string): Promise<unknown[]> {
  const response = await fetch(`${url}/db/${bank}/current/flat/a.fa`)
  return [response.status, response.headers.get('www-authenticate'), await response.text()]
}

async function status(path: string, headers: Record<string, string> = {}): Promise<number> {
  const response = await fetch(`${url}${path}`, {headers, redirect: 'manual'})
  await response.arrayBuffer()
  return response.status
}

describe('what is published', () => {
  it('are public banks with their published release and older ones', async () => {
    expect(await names('/db/')).toEqual(['alu'])
    expect(await names('/db/alu/')).toEqual(['current', 'alu_1', 'alu_2'])
    expect(await (await fetch(`${url}/db/alu/current/flat/a.fa`)).text()).toBe('>alu 2\nACGT\n')
    expect(await (await fetch(`${url}/db/alu/alu_1/flat/a.fa`)).text()).toBe('>alu 1\nACGT\n')
  })

  it('is not a release that waits for its publication, except for the owner', async () => {
    expect(await status('/db/alu/alu_3/flat/a.fa')).toBe(404)
    expect(await status('/db/alu/alu_3/flat/a.fa', key('BERT'))).toBe(404)
    expect(await status('/db/alu/alu_3/flat/a.fa', key('ANNA'))).toBe(200)
    expect(await status('/db/unpublished/unpublished_1/')).toBe(404)
    expect(await names('/db/unpublished/', key('ROOT'))).toEqual(['unpublished_1', 'unpublished_2', 'unpublished_3'])
  })

  it('are no other folders of the data directory', async () => {
    await mkdir(path.join(data, 'alu', 'alu_9', 'flat'), {recursive: true})
    await writeFile(path.join(data, 'global.properties'), 'x')
    for (const path of ['/db/alu/alu_9/', '/db/alu/future_release/', '/db/global.properties', '/db/alu/RELEASE.txt']) {
      expect(await status(path, key('ROOT'))).toBe(404)
    }
  })

  it('is nothing at all where the site says expose=false', async () => {
    const globalProperties = path.join(data, 'global.properties')
    await writeFile(globalProperties, '[GENERAL]\nexpose=false\n')
    const isExposed = exposedByFiles({globalProperties, dataDirectory: data}, {})
    const published = createPublishedData({store: site.store, accounts, admins: [], isExposed})
    const {url} = await closing.serve(gatewayOf({published}))
    expect((await fetch(`${url}/db/alu/current/flat/a.fa`)).status).toBe(403)
    await writeFile(globalProperties, '[GENERAL]\nexpose=true\n')
    expect((await fetch(`${url}/db/alu/current/flat/a.fa`)).status).toBe(200)
  })
})

describe('private banks', () => {
  it('are for their owner and administrators, by key in any form', async () => {
    for (const headers of [key('ANNA'), key('ROOT'), basic('ANNA'), {'x-api-key': 'ANNA'}]) {
      expect(await status('/db/secret/current/flat/a.fa', headers)).toBe(200)
      expect(await names('/db/', headers)).toContain('secret')
    }
  })

  it('look to others like banks that there are not', async () => {
    expect(await answers('secret')).toEqual(await answers('nothing'))
    expect((await answers('secret'))[0]).toBe(401)
    for (const headers of [key('BERT'), key('WRONG'), basic('BERT')]) {
      expect(await status('/db/secret/', headers)).toBe(404)
      expect(await status('/db/nothing/', headers)).toBe(404)
      expect(await names('/db/', headers)).toEqual(['alu'])
    }
  })
})

describe('paths', () => {
  beforeEach(async () => {
    const flat = path.join(data, 'alu', 'alu_2', 'flat')
    await writeFile(path.join(data, 'outside.txt'), 'outside')
    await symlink(path.join(data, 'outside.txt'), path.join(flat, 'out'))
    await symlink('../../../outside.txt', path.join(flat, 'relative-out'))
    await symlink('/etc', path.join(flat, 'etc'))
    await symlink('../../../secret/secret_2/flat', path.join(flat, 'neighbour'))
    await symlink('a.fa', path.join(flat, 'inside'))
    await symlink('loop', path.join(flat, 'loop'))
    await writeFile(path.join(flat, '.hidden'), 'hidden')
    execFileSync('mkfifo', [path.join(flat, 'pipe')])
  })

  it.each([
    'out',
    'relative-out',
    'etc/passwd',
    'etc/',
    'neighbour/a.fa',
    'loop',
    '.hidden',
    'pipe',
    'a.fa/',
    'a.fa/b',
    'nothing',
    'x'.repeat(300),
  ])('%s leads nowhere', async name => {
    expect(await status(`/db/alu/current/flat/${name}`, key('ROOT'))).toBe(404)
  })

  it.each([
    '/db/alu/current/../../../etc/passwd',
    '/db/alu/current/%2e%2e/%2e%2e/outside.txt',
    '/db/alu/current/flat/..%2f..%2f..%2foutside.txt',
    '/db/../api/daemon',
    '/db//etc/passwd',
    '/db/alu/current/flat/a.fa%00.txt',
    String.raw`/db/alu/current/flat\..\a.fa`,
  ])('%s is refused as it stands', async target => {
    expect(await rawRequest(port, `GET ${target}`)).toMatch(/^HTTP\/1\.1 400 /)
  })

  it('a link inside the release is followed', async () => {
    expect(await (await fetch(`${url}/db/alu/current/flat/inside`)).text()).toBe('>alu 2\nACGT\n')
  })

  it('a double escape is a name with a percent sign and no more', async () => {
    expect(await status('/db/alu/current/%252e%252e/')).toBe(404)
  })
})

describe('listings', () => {
  it('name files with sizes as JSON, without links and hidden files', async () => {
    const flat = path.join(data, 'alu', 'alu_2', 'flat')
    await mkdir(path.join(flat, 'sub'))
    await writeFile(path.join(flat, 'file10'), '')
    await writeFile(path.join(flat, 'file9'), '123')
    await writeFile(path.join(flat, '.hidden'), '')
    await symlink('/etc/passwd', path.join(flat, 'link'))
    const listing = await (await fetch(`${url}/db/alu/current/flat/`)).json()
    expect(listing).toMatchObject({path: '/db/alu/current/flat', leftOut: 0})
    const {entries} = listing as {entries: Array<{name: string; kind: string; sizeBytes: number | null}>}
    expect(entries.map(({name, kind, sizeBytes}) => [name, kind, sizeBytes])).toEqual([
      ['sub', 'directory', null],
      ['a.fa', 'file', 12],
      ['file9', 'file', 3],
      ['file10', 'file', 0],
    ])
  })

  it('are pages for browsers, in which no name can be markup', async () => {
    const flat = path.join(data, 'alu', 'alu_2', 'flat')
    const hostile = `"><img src=x onerror=alert(1)>&'\u202E`
    await writeFile(path.join(flat, hostile), 'ok')
    const response = await fetch(`${url}/db/alu/current/flat/`, {headers: {accept: 'text/html,*/*'}})
    const page = await response.text()
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(page).not.toContain('<img')
    expect(page).not.toContain('\u202E')
    const link = /href="\.\/([^"]*img[^"]*)"/.exec(page)?.[1] ?? ''
    const file = link.replaceAll('&#39;', "'").replaceAll('&amp;', '&')
    expect(await (await fetch(`${url}/db/alu/current/flat/${file}`)).text()).toBe('ok')
  })

  it('have a slash at their end, so that links in them lead somewhere', async () => {
    const response = await fetch(`${url}/db/alu/current/flat`, {redirect: 'manual'})
    expect([response.status, response.headers.get('location')]).toEqual([308, '/db/alu/current/flat/'])
  })
})

describe('files', () => {
  const file = '/db/alu/current/flat/a.fa'

  it.each([
    ['bytes=0-3', 206, '>alu', 'bytes 0-3/12'],
    ['bytes=7-', 206, 'ACGT\n', 'bytes 7-11/12'],
    ['bytes=-5', 206, 'ACGT\n', 'bytes 7-11/12'],
    ['bytes=-500', 206, '>alu 2\nACGT\n', 'bytes 0-11/12'],
    ['bytes=3-900', 206, 'u 2\nACGT\n', 'bytes 3-11/12'],
    ['bytes=12-', 416, '', 'bytes */12'],
    ['bytes=-0', 416, '', 'bytes */12'],
    ['bytes=5-2', 200, '>alu 2\nACGT\n', null],
    ['bytes=0-1,3-4', 200, '>alu 2\nACGT\n', null],
    ['lines=1-2', 200, '>alu 2\nACGT\n', null],
    ['bytes=-', 200, '>alu 2\nACGT\n', null],
  ])('range %s', async (range, expected, body, contentRange) => {
    const response = await fetch(`${url}${file}`, {headers: {range}})
    expect(response.status).toBe(expected)
    expect(response.headers.get('content-range')).toBe(contentRange)
    expect(await response.text()).toBe(body)
  })

  it('are not sent again to who has them', async () => {
    const {headers} = await fetch(`${url}${file}`)
    const etag = headers.get('etag') ?? ''
    const modified = headers.get('last-modified') ?? ''
    expect(await status(file, {'if-none-match': etag})).toBe(304)
    expect(await status(file, {'if-none-match': `"x", W/${etag}`})).toBe(304)
    expect(await status(file, {'if-none-match': '"x"', 'if-modified-since': modified})).toBe(200)
    expect(await status(file, {'if-modified-since': modified})).toBe(304)
    expect(await status(file, {'if-modified-since': new Date(0).toUTCString()})).toBe(200)
    expect(await status(file, {range: 'bytes=0-1', 'if-range': etag})).toBe(206)
    expect(await status(file, {range: 'bytes=0-1', 'if-range': '"old"'})).toBe(200)
  })

  it('have another tag when their content has changed', async () => {
    const before = (await fetch(`${url}${file}`)).headers.get('etag')
    await writeFile(path.join(data, 'alu', 'alu_2', 'flat', 'a.fa'), 'other')
    expect((await fetch(`${url}${file}`)).headers.get('etag')).not.toBe(before)
  })

  it('HEAD tells all but the content', async () => {
    const response = await fetch(`${url}${file}`, {method: 'HEAD'})
    expect(Object.fromEntries(response.headers)).toMatchObject({'content-length': '12', 'accept-ranges': 'bytes'})
    expect(await response.text()).toBe('')
  })

  it.each(['x.html', 'x.svg', 'x.xhtml', 'x.js', 'x.pdf', 'x', 'x.swf', 'x.XML'])(
    '%s is saved and never shown by a browser',
    async name => {
      await writeFile(path.join(data, 'alu', 'alu_2', 'flat', name), '<script>alert(1)</script>')
      const {headers} = await fetch(`${url}/db/alu/current/flat/${name}`)
      expect(headers.get('content-type')).toBe('application/octet-stream')
      expect(headers.get('content-disposition')).toMatch(/^attachment;/)
      expect(headers.get('x-content-type-options')).toBe('nosniff')
    },
  )

  it('an empty one is empty', async () => {
    await writeFile(path.join(data, 'alu', 'alu_2', 'flat', 'empty'), '')
    const response = await fetch(`${url}/db/alu/current/flat/empty`)
    expect([response.status, response.headers.get('content-length'), await response.text()]).toEqual([200, '0', ''])
  })

  it('of gigabytes are read as slowly as the reader reads, and let go when he leaves', async () => {
    const large = path.join(data, 'alu', 'alu_2', 'flat', 'large')
    await writeFile(large, '')
    await truncate(large, 8 * 1024 ** 3)
    const before = process.memoryUsage().rss
    const response = await fetch(`${url}/db/alu/current/flat/large`)
    const reader = response.body?.getReader()
    let bytes = 0
    while (bytes < 64 * 1024 ** 2) bytes += (await reader?.read())?.value?.byteLength ?? 0
    expect(openFiles()).toContain(large)
    expect(process.memoryUsage().rss - before).toBeLessThan(400 * 1024 ** 2)
    await reader?.cancel()
    await expect.poll(() => openFiles()).not.toContain(large)
  })

  it('that get shorter while they are read end in a broken connection, not in a short file', async () => {
    const large = path.join(data, 'alu', 'alu_2', 'flat', 'shrinking')
    await writeFile(large, '')
    await truncate(large, 1024 ** 3)
    const response = await fetch(`${url}/db/alu/current/flat/shrinking`)
    await truncate(large, 1)
    await expect(response.arrayBuffer()).rejects.toThrow('terminated')
  })
})

function openFiles(): string[] {
  const shown = execFileSync('find', [`/proc/${process.pid}/fd`, '-type', 'l', '-printf', '%l\n'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  return shown.split('\n')
}
