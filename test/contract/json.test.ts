/**
 * The keys of every JSON document and the types of their values, on clusters in many states. Keys may be added, none
 * may go or change its type. `npx vitest run test/contract -u` accepts a change.
 */
import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {commandClasses} from '../e2e/command-classes.js'
import {runCommand} from '../support/run-command.js'
import {aBank, aRelease, startScriptedCluster} from '../support/scripted-cluster/index.js'
import type {Outcome, ScriptedCluster} from '../support/scripted-cluster/index.js'
import {shapeOf} from './shape.js'

let home: string
const clusters: ScriptedCluster[] = []

beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'biomaj-contract-'))
})

afterEach(async () => {
  await Promise.all(clusters.splice(0).map(async cluster => cluster.stop()))
  await rm(home, {recursive: true, force: true})
})

/** Runs a line with --json against a cluster and gives the one document. */
async function documentOf(line: string, cluster: ScriptedCluster | undefined, input = ''): Promise<unknown> {
  const id = Object.keys(commandClasses).find(name => `${line} `.startsWith(`${name} `))
  const Class = commandClasses[id ?? '']
  if (id === undefined || Class === undefined) throw new Error(`No command in "${line}"`)
  const words = (line.slice(id.length).match(/"[^"]*"|\S+/g) ?? []).map(word => word.replaceAll('"', ''))
  const withCluster =
    cluster === undefined || id === 'login' ? {} : {BIOMAJ_PROXY: cluster.url, BIOMAJ_APIKEY: 'JANEKEY001'}
  const {stdout} = await runCommand(Class, [...words, '--json'], {
    home,
    input,
    env: withCluster,
  })
  return JSON.parse(stdout)
}

const failure: Outcome = {
  kind: 'process-fails',
  release: '2',
  processes: ['META0_index', 'META0_blast'],
  failing: 'META0_blast',
}
const success: Outcome = {kind: 'updated', release: '3', processes: ['META0_index']}

/** `alu` works after a failure, `hal` waits, `secret` is private, `empty` never ran; one service is down, one half up. */
async function busyCluster(): Promise<ScriptedCluster> {
  const cluster = await startScriptedCluster({
    banks: [
      aBank('alu', {
        releases: [aRelease('1', {tags: ['human']})],
        current: 1_767_322_800,
        pending: [{release: '2', id: 9}],
      }),
      aBank('hal'),
      aBank('secret', {visibility: 'private'}),
      aBank('empty'),
      aBank('broken', {outcomes: [failure]}),
    ],
    services: [
      {service: 'biomaj-redis', count: 1, status: 1},
      {service: 'biomaj-daemon', count: 2, status: 0},
      {service: 'biomaj-mongo', count: 1, status: -1},
    ],
  })
  clusters.push(cluster)
  ask(cluster, 'alu', 'broken')
  cluster.script('alu', failure)
  cluster.finish()
  cluster.script('alu', success)
  ask(cluster, 'alu', 'hal')
  cluster.advance(7)
  return cluster
}

async function idleCluster(...outcomes: Outcome[]): Promise<ScriptedCluster> {
  const cluster = await startScriptedCluster({banks: [aBank('alu', {outcomes}), aBank('hal')], tickMs: 5})
  clusters.push(cluster)
  return cluster
}

function ask({state}: ScriptedCluster, ...banks: string[]): void {
  const requestedAt = Math.floor(Date.now() / 1000)
  for (const bank of banks)
    state.queue.push({action: 'update', bank, user: 'jane', release: null, options: {}, requestedAt})
}

function fileOf(name: string): string {
  return `snapshots/json/${name}.txt`
}

describe('what a command shows', () => {
  it.each([
    ['status', ['status']],
    ['status-bank', ['status --bank alu --bank empty --bank nosuch', 'status --bank broken']],
    ['status-services', ['status --services']],
    ['status-failed', ['status --failed']],
    ['dashboard', ['dashboard']],
    ['banks', ['banks']],
    ['queue', ['queue']],
    ['history', ['history']],
    ['logs', ['logs --bank alu']],
    ['about-me', ['about-me', 'about-me --banks']],
    ['cancel', ['cancel --bank alu --bank empty --bank nosuch']],
    ['completion', ['completion bash']],
  ])('%s', async (name, lines) => {
    const cluster = await busyCluster()
    const idle = await idleCluster()
    const documents: unknown[] = []
    for (const line of lines) documents.push(await documentOf(line, cluster), await documentOf(line, idle))
    await expect(shapeOf(documents)).toMatchFileSnapshot(fileOf(name))
  })

  it('status, where parts of the cluster do not answer', async () => {
    const cluster = await busyCluster()
    cluster.state.statusBroken = true
    cluster.state.locks.add('biomaj')
    await expect(shapeOf([await documentOf('status', cluster)])).toMatchFileSnapshot(fileOf('status-in-part'))
  })

  it('update', async () => {
    const [good, bad, held] = [await idleCluster(success), await idleCluster(failure), await busyCluster()]
    await expect(
      shapeOf([
        await documentOf('update --bank hal --bank nosuch', good),
        await documentOf('update --bank alu --wait --poll 100ms', good),
        await documentOf('update --bank alu --wait --poll 100ms', bad),
        await documentOf('update --bank alu --wait --timeout 0', held),
      ]),
    ).toMatchFileSnapshot(fileOf('update'))
  })

  it('wait', async () => {
    const [ended, held] = [await idleCluster(success), await busyCluster()]
    ask(ended, 'alu')
    await expect(
      shapeOf([
        await documentOf('wait --bank alu --bank hal --bank nosuch --poll 100ms', ended),
        await documentOf('wait --bank alu --timeout 0', held),
        await documentOf('wait --bank broken', held),
      ]),
    ).toMatchFileSnapshot(fileOf('wait'))
  })

  it('login, logout and context', async () => {
    const cluster = await idleCluster()
    const login = `login ${cluster.url} --user jane --password-stdin --insecure-storage`
    await expect(shapeOf([await documentOf(`${login} --context one`, cluster, 'jane-secret\n')])).toMatchFileSnapshot(
      fileOf('login'),
    )
    await documentOf(`${login} --context two`, cluster, 'jane-secret\n')
    await expect(shapeOf([await documentOf('context list', undefined)])).toMatchFileSnapshot(fileOf('context-list'))
    await expect(shapeOf([await documentOf('context show', undefined)])).toMatchFileSnapshot(fileOf('context-show'))
    await expect(shapeOf([await documentOf('context use one', undefined)])).toMatchFileSnapshot(fileOf('context-use'))
    await expect(shapeOf([await documentOf('context rename one three', undefined)])).toMatchFileSnapshot(
      fileOf('context-rename'),
    )
    await expect(shapeOf([await documentOf('about-me', undefined)])).toMatchFileSnapshot(fileOf('about-me-of-context'))
    await expect(shapeOf([await documentOf('logout', undefined)])).toMatchFileSnapshot(fileOf('logout'))
    await expect(shapeOf([await documentOf('context remove two --yes', undefined)])).toMatchFileSnapshot(
      fileOf('context-remove'),
    )
  })
})

it('cluster bank check, of files good and bad', async () => {
  await writeFile(path.join(home, 'alu.properties'), '[GENERAL]\nprotocol=sftp\nfrequency.update=3\n')
  await writeFile(path.join(home, 'global.properties'), '[GENERAL]\nuse_elastic=0\n')
  await expect(
    shapeOf([
      await documentOf('cluster bank check alu.properties nosuch.properties', undefined),
      await documentOf('cluster bank check alu.properties --global global.properties', undefined),
    ]),
  ).toMatchFileSnapshot(fileOf('cluster-bank-check'))
})

it('commands about a cluster on this machine', async () => {
  await writeFile(path.join(home, 'own.properties'), '[GENERAL]\nprotocol=none\ndb.fullname=Own\n')
  const documents = async (...lines: string[]): Promise<string> => {
    const all: unknown[] = []
    for (const line of lines) all.push(await documentOf(`${line} --data site`, undefined))
    return shapeOf(all)
  }
  await expect(await documents('cluster config', 'cluster config --defaults')).toMatchFileSnapshot(
    fileOf('cluster-config'),
  )
  await expect(await documents('cluster bank list', 'cluster bank add alu', 'cluster bank list')).toMatchFileSnapshot(
    fileOf('cluster-bank'),
  )
  await expect(await documents('cluster bank add own --file own.properties')).toMatchFileSnapshot(
    fileOf('cluster-bank-add'),
  )
  await expect(await documents('cluster bank remove own --confirm own')).toMatchFileSnapshot(
    fileOf('cluster-bank-remove'),
  )
  await expect(shapeOf([await documentOf('cluster bank templates', undefined)])).toMatchFileSnapshot(
    fileOf('cluster-bank-templates'),
  )
  await expect(await documents('cluster user add jane --admin', 'cluster user add joe')).toMatchFileSnapshot(
    fileOf('cluster-user-add'),
  )
  await expect(await documents('cluster user list')).toMatchFileSnapshot(fileOf('cluster-user-list'))
  await expect(await documents('cluster user renew joe')).toMatchFileSnapshot(fileOf('cluster-user-renew'))
  await expect(
    await documents(
      'cluster schedule add nightly --cron "0,30 3 * * *" --bank alu --user jane',
      'cluster schedule list',
    ),
  ).toMatchFileSnapshot(fileOf('cluster-schedule'))
  await expect(await documents('cluster schedule remove nightly')).toMatchFileSnapshot(
    fileOf('cluster-schedule-remove'),
  )
  await expect(await documents('cluster user remove joe --yes')).toMatchFileSnapshot(fileOf('cluster-user-remove'))
  await expect(await documents('cluster status')).toMatchFileSnapshot(fileOf('cluster-status'))
  await expect(await documents('cluster stop')).toMatchFileSnapshot(fileOf('cluster-stop'))
  await expect(await documents('cluster reset --confirm biomaj', 'cluster reset')).toMatchFileSnapshot(
    fileOf('cluster-reset'),
  )
})

it('has one form for every error', async () => {
  const cluster = await idleCluster()
  const gone = await idleCluster()
  await gone.stop()
  await expect(
    shapeOf([
      await documentOf('logs --bank nosuch', cluster),
      await documentOf('banks', gone),
      await documentOf('status', undefined),
      await documentOf('history --limit many', cluster),
    ]),
  ).toMatchFileSnapshot(fileOf('error'))
})
