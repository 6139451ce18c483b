import {readdirSync, readFileSync} from 'node:fs'
import path from 'node:path'
import {afterAll, beforeAll, expect, it} from 'vitest'
import AboutMe from '../../src/commands/about-me.js'
import Login from '../../src/commands/login.js'
import Logout from '../../src/commands/logout.js'
import {keyringSession, newPerson, noKeyring} from '../commands/account-support.js'
import {bank} from '../support/real-cluster/banks.js'
import {describeClusters} from '../support/targets/describe.js'
import type {TargetCluster} from '../support/targets/target.js'
import {startLocalUpstream} from '../support/upstream/index.js'

const withoutKeyring = noKeyring()

describeClusters('an account', ({kind, start}) => {
  let cluster: TargetCluster
  let upstream: Awaited<ReturnType<typeof startLocalUpstream>>
  beforeAll(async () => {
    upstream = await startLocalUpstream()
    cluster = await start()
    await cluster.addBank(bank('alu', {source: upstream.source('/alu')}), 'jane')
    await cluster.addBank(bank('pfam', {source: upstream.source('/pfam')}), 'joe')
  })
  afterAll(async () => {
    await upstream.stop()
    await cluster.stop()
  })

  it('is logged in to, shown and logged out of, its key in a real keyring', {timeout: 60_000}, async context => {
    context.skip(withoutKeyring !== undefined, withoutKeyring)
    const session = await keyringSession()
    const person = newPerson({env: session.env})
    const {password, apiKey} = cluster.user('jane')

    const login = await person.run(Login, [cluster.url, '--no-color'], {tty: true, input: `jane\n${password}\n`})
    expect([login.exitCode, login.stdout]).toEqual([
      0,
      expect.stringMatching(/^✓ Logged in as jane <jane@example.org>\n {2}The key is kept in the Secret Service.\n/),
    ])
    const me = await person.run(AboutMe, ['--banks', '--json'])
    expect([me.exitCode, me.stderr]).toEqual([0, ''])
    expect(JSON.parse(me.stdout)).toMatchObject({
      user: 'jane',
      key: {source: 'keychain', keptIn: 'Secret Service', state: 'valid'},
      ownedBanks: ['alu'],
    })
    expect((await person.run(AboutMe, ['--show-key', '--force'])).stdout).toBe(`${apiKey}\n`)

    const inTheClear = [...person.files().values(), ...textsIn(session.home)].filter(text => text.includes(apiKey))
    expect(inTheClear).toEqual([])

    expect((await person.run(Logout, [])).stdout).toContain('✓ Logged out of ')
    const after = await person.run(AboutMe, ['--json'])
    expect([after.exitCode, JSON.parse(after.stdout)]).toMatchObject([4, {key: {source: 'none', state: 'none'}}])

    const again = await person.run(Login, ['--no-color'], {tty: true, input: `\n${password}\n`})
    expect(again.stderr).toContain('User [jane]')
    expect((await person.run(AboutMe, [])).exitCode).toBe(0)
  })

  it.each([
    ['a wrong password', 'jane', 'wrong'],
    ['an unknown user', 'nobody', 'secret'],
  ])('exits 4 for %s', async (_, user, password) => {
    const person = newPerson()
    const run = await person.run(Login, [cluster.url, '-u', user, '--password-stdin', '--insecure-storage', '--json'], {
      input: password,
    })
    expect([run.exitCode, JSON.parse(run.stdout)]).toMatchObject([4, {error: {code: 'bad_credentials'}}])
    expect(person.files().size).toBe(0)
  })

  it('takes a key for a password, and no other key', async () => {
    const {apiKey} = cluster.user('jane')
    const flags = [cluster.url, '-u', 'jane', '--api-key-stdin', '--insecure-storage']
    expect((await newPerson().run(Login, flags, {input: apiKey})).exitCode).toBe(0)
    expect((await newPerson().run(Login, flags, {input: `${apiKey}X`})).exitCode).toBe(4)
  })

  it('tells an administrator and an owner what they own, and a bad key that it is nobody', async () => {
    const owned = async (user: string) =>
      JSON.parse((await aboutMe(cluster, cluster.user(user).apiKey)).stdout) as unknown
    expect(await owned('joe')).toMatchObject({user: kind === 'biomaj' ? null : 'joe', ownedBanks: ['pfam']})
    expect(await owned('admin')).toMatchObject({ownedBanks: ['alu', 'pfam']})
    const nobody = await aboutMe(cluster, 'NOSUCHKEY')
    expect([nobody.exitCode, JSON.parse(nobody.stdout)]).toMatchObject([4, {key: {state: 'invalid'}, ownedBanks: null}])
  })
})

async function aboutMe({url}: TargetCluster, apiKey: string) {
  const person = newPerson({env: {BIOMAJ_PROXY: url, BIOMAJ_APIKEY: apiKey}})
  return person.run(AboutMe, ['--banks', '--json'])
}

function textsIn(directory: string): string[] {
  return readdirSync(directory, {recursive: true, withFileTypes: true})
    .filter(entry => entry.isFile())
    .map(({parentPath, name}) => readFileSync(path.join(parentPath, name), 'latin1'))
}
