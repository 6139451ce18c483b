import {describe, expect, it} from 'vitest'
import {bankEnvironment} from '../../../../src/cluster/engine/processes/index.js'
import {describeWithOracle} from '../oracle.js'
import {askBiomaj, type Place, placeWith} from './support.js'

interface Answer {
  variables: Record<string, string>
  logFile: string
}

interface Facts {
  release: string | null
  remoteRelease: string | null
  dependencies?: Array<{bank: string; directory: string}>
}

async function ofBiomaj(place: Place, {release, remoteRelease, dependencies = []}: Facts): Promise<Answer> {
  return await askBiomaj<Answer>(place, {
    environment: {
      bank: 'alu',
      release,
      remoterelease: remoteRelease,
      dependencies: dependencies.map(({bank, directory}) => [bank, directory]),
    },
  })
}

async function ours(
  place: Place,
  {release, remoteRelease, dependencies = [], logFile}: Facts & {logFile: string | null},
) {
  return bankEnvironment({
    bank: 'alu',
    properties: await place.properties(),
    session: {logFile, release, remoteRelease},
    dependencies,
    path: '/usr/bin:/bin',
  })
}

const bank = String.raw`db.fullname=Alu %% sequences
db.type=nucleic
protocol=ftp
server=ftp.example.org
remote.dir=/blast/db
remote.files=^alu\\.n$
local.files=.*
Some.Key=in Capitals
many=one
  two
empty=
refers=%(server)s/%(remote.dir)s
no.extract=true
`
const global =
  'mail.smtp.host=mail.example.org\nmail.admin=me@example.org\nmail.from=x\ndb.url=mongodb://localhost:27017\n'

describeWithOracle('the variables of a process', () => {
  it.each<[string, Facts]>([
    ['with a release', {release: '12__1', remoteRelease: '12'}],
    ['before there is a release', {release: null, remoteRelease: null}],
    [
      'with dependencies',
      {release: '3', remoteRelease: '3', dependencies: [{bank: 'sub1', directory: '/data/sub1/sub1_1'}]},
    ],
  ])('are those of BioMAJ %s', async (_when, facts) => {
    const place = placeWith(bank, global)
    const {variables, logFile} = await ofBiomaj(place, facts)
    expect(await ours(place, {...facts, logFile})).toEqual(variables)
  })

  it('are those of BioMAJ with a separator, and no mail and no extraction set', async () => {
    const place = placeWith('release.separator=-\nserver=x\n')
    const facts = {release: '1', remoteRelease: '1'}
    const {variables, logFile} = await ofBiomaj(place, facts)
    const made = await ours(place, {...facts, logFile})
    expect(made).toEqual(variables)
    expect(made).toMatchObject({localrelease: 'alu-1', noextract: ''})
  })

  it('are those of BioMAJ but for passwords', async () => {
    const secret = {
      'server.credentials': 'u:secret',
      'release.credentials': 'u:secret',
      'remote.file.0.credentials': 'u:secret',
      proxy_auth: 'u:secret',
      'mail.smtp.password': 'secret',
      'irods.password': 'secret',
      'micro.biomaj.rabbit_mq_password': 'secret',
      'db.url': 'mongodb://u:secret@host/db',
      proxy: 'http://u:secret@proxy:3128',
    }
    const lines = Object.entries(secret).map(([key, value]) => `${key}=${value}\n`)
    const place = placeWith(
      `${lines.join('')}release.proxy=http://proxy:3128\nmine=%(server.credentials)s\nmy.db=postgres://u:own@h/db\n`,
    )
    const facts = {release: '1', remoteRelease: '1'}
    const {variables, logFile} = await ofBiomaj(place, facts)
    const kept = Object.fromEntries(Object.entries(variables).filter(([key]) => !(key in secret)))
    const made = await ours(place, {...facts, logFile})
    expect(made).toEqual(kept)
    expect(Object.keys(variables)).toEqual(expect.arrayContaining(Object.keys(secret)))
    // What a bank hands on by a name of its own, it hands on.
    expect(made).toMatchObject({
      mine: 'u:secret',
      'my.db': 'postgres://u:own@h/db',
      'release.proxy': 'http://proxy:3128',
    })
  })
})

describe('the variables of a process', () => {
  it('name the key whose value cannot be put together', async () => {
    const place = placeWith('broken=%(nothing)s\n')
    await expect(ours(place, {release: '1', remoteRelease: '1', logFile: null})).rejects.toMatchObject({
      code: 'config_invalid',
      message: expect.stringContaining('"broken"'),
    })
  })

  it('begin their search where the cluster does, or where BioMAJ does without one', async () => {
    const place = placeWith('')
    const subject = {
      bank: 'alu',
      properties: await place.properties(),
      session: {logFile: null, release: null, remoteRelease: null},
      dependencies: [],
    }
    expect(bankEnvironment({...subject, path: '/bin'})['PATH']).toBe(`/bin:${place.root}/process`)
    expect(bankEnvironment({...subject, path: undefined})['PATH']).toBe(
      `${place.root}/process:/usr/local/bin:/usr/sbin:/usr/bin`,
    )
  })
})
