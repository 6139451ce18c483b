import {execFileSync} from 'node:child_process'
import {mkdtempSync, readFileSync, rmSync} from 'node:fs'
import {createServer} from 'node:https'
import type {AddressInfo} from 'node:net'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished} from 'vitest'
import AboutMe from '../../src/commands/about-me.js'
import Login from '../../src/commands/login.js'
import {missingPrograms} from '../config/support.js'
import {answer} from '../support/scripted-cluster/routes.js'
import {adaPassword, clusterWithUsers, newPerson} from './account-support.js'

const withoutOpenssl = missingPrograms('openssl').length > 0
let folder: string
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'biomaj-tls-'))
  if (withoutOpenssl) return
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']
  const files = ['-keyout', path.join(folder, 'key.pem'), '-out', path.join(folder, 'ca.pem')]
  execFileSync(
    'openssl',
    ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', ...subject, ...files],
    {
      stdio: 'ignore',
    },
  )
})
afterAll(() => rmSync(folder, {recursive: true, force: true}))

/** A cluster behind a certificate of its own authority. */
async function clusterWithCertificate(): Promise<string> {
  const cluster = await clusterWithUsers()
  const [key, cert] = [readFileSync(path.join(folder, 'key.pem')), readFileSync(path.join(folder, 'ca.pem'))]
  const server = createServer({key, cert}, (request, response) => {
    const reply = async () => {
      const body = Buffer.concat(await request.toArray()).toString()
      const {method = 'GET', url = '/', headers} = request
      const {status, contentType, body: text} = answer(cluster.state, {method, path: url, headers, body})
      response.writeHead(status, {'content-type': contentType}).end(text)
    }
    void reply()
  })
  await new Promise<void>(resolve => void server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}`
}

describe('a certificate that nobody vouches for', () => {
  beforeEach(context => context.skip(withoutOpenssl, 'this machine lacks openssl'))
  const login = ['-u', 'ada', '--password-stdin', '--insecure-storage', '--context', 'prod']

  it('exits 7 before a password is read, and names --ca-file and --insecure', async () => {
    const url = await clusterWithCertificate()
    const person = newPerson()
    const run = await person.run(Login, [url, ...login], {input: adaPassword})
    expect([run.exitCode, run.stderr]).toEqual([
      7,
      expect.stringMatching(/--ca-file FILE, or, at your risk, --insecure/),
    ])
    expect(person.files().size).toBe(0)
  })

  it('is trusted with --ca-file, which later commands use too', async () => {
    const url = await clusterWithCertificate()
    const person = newPerson()
    const caFile = path.join(folder, 'ca.pem')
    const relative = path.relative(person.home, caFile)
    const run = await person.run(Login, [url, ...login, '--ca-file', relative], {input: adaPassword})
    expect([run.exitCode, run.stderr.includes('not checked')]).toEqual([0, false])
    expect(person.contexts()).toMatchObject({contexts: {prod: {caFile}}})
    const me = await person.run(AboutMe, [])
    expect([me.exitCode, me.stdout]).toEqual([0, expect.stringContaining(`CA ${caFile}`)])
    expect((await person.run(Login, login, {input: adaPassword})).exitCode).toBe(0)
    expect(person.contexts()).toMatchObject({contexts: {prod: {caFile}}})
  })

  it('is accepted with --insecure, in red, and each later command warns of it', async () => {
    const url = await clusterWithCertificate()
    const person = newPerson({env: {FORCE_COLOR: '1'}})
    const run = await person.run(Login, [url, ...login, '--insecure'], {input: adaPassword})
    expect(run.exitCode).toBe(0)
    expect(run.stderr).toContain(`\u001B[31mThe certificate of ${url} is not checked`)
    const me = await person.run(AboutMe, ['--no-color'])
    expect([me.exitCode, me.stdout]).toEqual([0, expect.stringMatching(/^Settings +certificate not checked$/m)])
    expect(me.stderr).toContain('is not checked (context prod)')
  })
})
