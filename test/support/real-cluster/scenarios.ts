import {rm, writeFile} from 'node:fs/promises'
import path from 'node:path'
import type {HttpUpstream} from '../upstream/index.ts'
import {bank, fails, succeeds, takes, waitsForGate} from './banks.ts'
import type {BankOptions} from './banks.ts'
import type {ClusterRequest, RealCluster} from './index.ts'

/** What a scenario has at hand. Whatever goes through it is noted with its time. */
export interface Stage {
  cluster: RealCluster
  upstream: HttpUpstream
  ask(what: string, request: ClusterRequest, who?: string): Promise<void>
  act(what: string, action: () => Promise<void>): Promise<void>
  update(bank: string, body?: Record<string, unknown>, who?: string): Promise<void>
  cancel(bank: string): Promise<void>
  /** Call before the request; the function it gives resolves when the daemon has ended that many more runs. */
  runsToEnd(count?: number): Promise<() => Promise<void>>
  /** An update and the end of its run. */
  finish(bank: string, body?: Record<string, unknown>): Promise<void>
  /** Resolves when the answer of this path contains the text. */
  seen(text: string, route: string): Promise<void>
  until(what: string, check: () => Promise<boolean>): Promise<void>
}

export interface Scenario {
  name: string
  description: string
  /** Banks that are polled. */
  banks: readonly string[]
  prepare: (stage: Stage) => Promise<void>
  play: (stage: Stage) => Promise<void>
}

const status = '/api/daemon/bank/alu/status'
const whatsup = '/api/daemon/whatsup'
const file = '/alu/alu.n'

function scenario(
  name: string,
  description: string,
  play: Scenario['play'],
  {prepare = addAlu(), banks = ['alu']}: Partial<Pick<Scenario, 'prepare' | 'banks'>> = {},
): Scenario {
  return {name, description, banks, prepare, play}
}

function addAlu(options: Partial<BankOptions> = {}): Scenario['prepare'] {
  return async ({cluster, upstream}) =>
    await cluster.addBank(bank('alu', {source: upstream.source('/alu'), ...options}), 'jane')
}

const once =
  (body: Record<string, unknown> = {}, who = 'jane'): Scenario['play'] =>
  async stage => {
    const over = await stage.runsToEnd()
    await stage.update('alu', body, who)
    await over()
  }

const afterOneRun =
  (options: Partial<BankOptions> = {}): Scenario['prepare'] =>
  async stage => {
    await addAlu(options)(stage)
    await stage.finish('alu')
  }

/** The daemon takes nothing from the queue until the scenario says so. */
const queued =
  (meanwhile: (stage: Stage) => Promise<void>): Scenario['play'] =>
  async stage => {
    const over = await stage.runsToEnd()
    await stage.act('the daemon is busy elsewhere', async () => await stage.cluster.control.daemon('paused'))
    await stage.update('alu')
    await pause(800)
    await meanwhile(stage)
    await pause(800)
    await stage.act('the daemon looks at its queue', async () => await stage.cluster.control.daemon('running'))
    await over()
  }

async function pause(durationMs: number): Promise<void> {
  await new Promise(resolve => setTimeout(resolve, durationMs))
}

export const scenarios: readonly Scenario[] = [
  scenario('updated', 'A new release is downloaded, two processes succeed', once(), {
    prepare: addAlu({processes: [succeeds('index'), takes(1, 'blast')]}),
  }),
  scenario('updated-and-published', 'The same with auto_publish and a release file', once(), {
    prepare: async stage => {
      await stage.upstream.put('/alu/RELEASE', 'release 42\n')
      await addAlu({publish: true, release: {file: '^RELEASE$', regexp: '\\d+'}, processes: [takes(1)]})(stage)
    },
  }),
  scenario('up-to-date', 'The second run finds nothing new by the date of the files', once(), {prepare: afterOneRun()}),
  scenario('up-to-date-release-file', 'The second run finds nothing new by a release file', once(), {
    prepare: async stage => {
      await stage.upstream.put('/alu/RELEASE', 'release 42\n')
      await afterOneRun({release: {file: '^RELEASE$', regexp: '\\d+'}})(stage)
    },
  }),
  scenario('second-release', 'A second release becomes available and is fetched', once(), {
    prepare: async stage => {
      await afterOneRun()(stage)
      await stage.upstream.put(file, '>new\nACGT\n', new Date('2025-12-24T10:00:00Z'))
    },
  }),
  scenario('quick', 'A run so short that polls may miss all of it', once()),
  scenario('download-404', 'A listed file is missing: three attempts, then an error', once(), {
    prepare: async stage => {
      await addAlu({download: {attempts: 3, waitSeconds: 1}})(stage)
      await stage.upstream.fail(file, 'missing')
    },
  }),
  scenario('download-cut', 'One of two files breaks off half-way, on each attempt', once(), {
    prepare: async stage => {
      await stage.upstream.put('/alu/second.n', '>second\nACGT\n', new Date('2025-11-20T10:00:00Z'))
      await addAlu({download: {attempts: 2, waitSeconds: 1}})(stage)
      await stage.upstream.fail(file, 'truncated')
    },
  }),
  scenario('no-file-matches', 'remote.files matches nothing', once(), {prepare: addAlu({remoteFiles: '^nothing$'})}),
  scenario('release-not-found', 'release.file matches nothing', once(), {
    prepare: addAlu({release: {file: '^RELEASE$', regexp: '\\d+'}}),
  }),
  scenario('copy-fails', 'local.files matches nothing of what was downloaded', once(), {
    prepare: addAlu({properties: {'local.files': '^nothing$'}}),
  }),
  scenario('process-fails', 'The second of three processes fails', once(), {
    prepare: addAlu({processes: [succeeds('index'), fails('blast'), succeeds('last')]}),
  }),
  scenario(
    'cancelled-while-queued',
    'Cancelled before a daemon takes it',
    queued(async stage => await stage.cancel('alu')),
  ),
  scenario(
    'cancelled-during-download',
    'Cancelled while a file is on its way; the file then arrives',
    async stage => {
      const over = await stage.runsToEnd()
      await stage.update('alu')
      await stage.until('the file is asked for', () => Promise.resolve(stage.upstream.requests.includes(file)))
      await pause(800)
      await stage.cancel('alu')
      await pause(800)
      await stage.act('the file arrives', async () => await stage.upstream.heal(file))
      await over()
    },
    {
      prepare: async stage => {
        await addAlu({processes: [succeeds()]})(stage)
        await stage.upstream.fail(file, 'held')
      },
    },
  ),
  scenario(
    'cancelled-during-process',
    'Cancelled while the first of two processes runs',
    async stage => {
      const over = await stage.runsToEnd()
      await stage.update('alu')
      await stage.seen('AFTER_index', status)
      await pause(800)
      await stage.cancel('alu')
      await pause(800)
      await stage.act('the first process ends', async () => await stage.cluster.openGate('first'))
      await over()
    },
    {prepare: addAlu({processes: [waitsForGate('first', 'index'), succeeds('last')]})},
  ),
  scenario('run-after-cancel-during-process', 'The next request after a run was cancelled during a process', once(), {
    prepare: async stage => {
      await addAlu({processes: [waitsForGate('first', 'index')]})(stage)
      const over = await stage.runsToEnd()
      await stage.update('alu')
      await stage.seen('AFTER_index', status)
      await stage.cancel('alu')
      await stage.cluster.openGate('first')
      await over()
    },
  }),
  scenario('not-owner', 'joe asks for an update of a bank that jane owns', once({}, 'joe')),
  scenario('not-owner-after-run', 'The same, of a bank that was updated before', once({}, 'joe'), {
    prepare: afterOneRun(),
  }),
  scenario('maintenance', 'The cluster is in maintenance when the update is asked for', once(), {
    prepare: async stage => {
      await addAlu()(stage)
      await stage.ask('maintenance', {method: 'POST', path: '/api/daemon/maintenance'}, 'admin')
    },
  }),
  scenario(
    'locked-after-submit',
    'A lock file appears between the request and the run',
    queued(async stage => await stage.act('a lock file appears', async () => await writeFile(lockFile(stage), '1'))),
  ),
  scenario('maintenance-after-run', 'In maintenance, with a good run before', once(), {
    prepare: async stage => {
      await afterOneRun()(stage)
      await stage.ask('maintenance', {method: 'POST', path: '/api/daemon/maintenance'}, 'admin')
    },
  }),
  scenario('unknown-release', 'The request names a release that does not exist', once({release: '1999-1-1'}), {
    prepare: afterOneRun(),
  }),
  scenario('bogus-from-task', 'The request names a step that does not exist', once({from_task: 'nosuchstep'}), {
    prepare: afterOneRun(),
  }),
  scenario('from-task-after-failure', 'A process failed, and publish is asked for', once({from_task: 'publish'}), {
    prepare: afterOneRun({processes: [fails()]}),
  }),
  scenario('from-task', 'The processes of a good run are run again', once({from_task: 'postprocess'}), {
    prepare: afterOneRun({processes: [takes(1)]}),
  }),
  scenario('stop-after-download', 'The run is to stop after the download', once({stop_after: 'download'}), {
    prepare: addAlu({processes: [succeeds()]}),
  }),
  scenario('stop-before-postprocess', 'The run is to stop before the processes', once({stop_before: 'postprocess'}), {
    prepare: addAlu({processes: [succeeds()]}),
  }),
  scenario('from-scratch', 'The same release is asked for from scratch', once({fromscratch: true}), {
    prepare: afterOneRun(),
  }),
  scenario('resumed-after-failure', 'A process failed, was repaired, and the update is asked for again', once(), {
    prepare: async stage => {
      await afterOneRun({processes: [succeeds('index'), fails('blast')]})(stage)
      await addAlu({processes: [succeeds('index'), takes(1, 'blast')]})(stage)
    },
  }),
  scenario(
    'repaired-after-failure',
    'A process failed, and a repair is asked for',
    async stage => {
      const over = await stage.runsToEnd()
      await stage.ask('jane asks for a repair of alu', {method: 'PUT', path: '/api/daemon/bank/alu/repair'})
      await over()
    },
    {prepare: afterOneRun({processes: [fails()]})},
  ),
  scenario(
    'release-removed',
    'The release in production, not published, is removed',
    async stage => {
      const over = await stage.runsToEnd()
      await stage.ask('jane removes 2025-11-20', {
        method: 'DELETE',
        path: '/api/daemon/bank/alu',
        body: {release: '2025-11-20'},
      })
      await over()
    },
    {prepare: afterOneRun()},
  ),
  scenario(
    'published-release-not-removed',
    'The published release is to be removed',
    async stage => {
      const over = await stage.runsToEnd()
      await stage.ask('jane removes 2025-11-20', {
        method: 'DELETE',
        path: '/api/daemon/bank/alu',
        body: {release: '2025-11-20'},
      })
      await over()
    },
    {prepare: afterOneRun({publish: true})},
  ),
  scenario(
    'all-removed',
    'The whole bank is removed',
    async stage => {
      const over = await stage.runsToEnd()
      await stage.ask('jane removes all of alu', {method: 'DELETE', path: '/api/daemon/bank/alu', body: {all: true}})
      await over()
    },
    {prepare: afterOneRun()},
  ),
  scenario('updated-after-removal', 'The only release was removed, then an update is asked for', once(), {
    prepare: async stage => {
      await afterOneRun()(stage)
      const over = await stage.runsToEnd()
      await stage.ask('remove', {method: 'DELETE', path: '/api/daemon/bank/alu', body: {release: '2025-11-20'}})
      await over()
    },
  }),
  scenario('production-session-gone', 'Nothing is new, but the session of the release in production is gone', once(), {
    prepare: async stage => {
      await afterOneRun()(stage)
      await stage.finish('alu')
      const document = (await stage.cluster.control.store('banks', 'find_one', {name: 'alu'})) as {
        production: {session: number}[]
      }
      const session = document.production[0]?.session
      await stage.cluster.control.store('banks', 'update_one', {name: 'alu'}, {$pull: {sessions: {id: session}}})
    },
  }),
  scenario(
    'two-banks',
    'Two banks are asked for, one daemon',
    async stage => {
      const over = await stage.runsToEnd(2)
      await stage.update('alu')
      await stage.update('other')
      await over()
    },
    {
      banks: ['alu', 'other'],
      prepare: async stage => {
        await addAlu({processes: [takes(1)]})(stage)
        await stage.cluster.addBank(
          bank('other', {source: stage.upstream.source('/other'), processes: [takes(1)]}),
          'jane',
        )
      },
    },
  ),
  scenario(
    'asked-twice',
    'Two requests for the same bank wait in the queue',
    async stage => {
      const over = await stage.runsToEnd(2)
      await stage.act('the daemon is busy elsewhere', async () => await stage.cluster.control.daemon('paused'))
      await stage.update('alu')
      await stage.update('alu')
      await pause(600)
      await stage.act('the daemon looks at its queue', async () => await stage.cluster.control.daemon('running'))
      await over()
    },
    {prepare: addAlu({processes: [takes(1)]})},
  ),
  scenario('dependency-fails', 'alu depends on other, whose process fails', once(), {
    banks: ['alu', 'other'],
    prepare: async stage => {
      await stage.cluster.addBank(
        bank('other', {source: stage.upstream.source('/other'), processes: [fails()]}),
        'jane',
      )
      await addAlu({properties: {depends: 'other'}})(stage)
    },
  }),
  scenario('with-dependency', 'alu depends on other, which is updated first in the same run', once(), {
    banks: ['alu', 'other'],
    prepare: async stage => {
      await stage.cluster.addBank(
        bank('other', {source: stage.upstream.source('/other'), processes: [takes(1)]}),
        'jane',
      )
      await addAlu({processes: [takes(1)], properties: {depends: 'other'}})(stage)
    },
  }),
  scenario(
    'daemon-killed',
    'The daemon dies in the middle of a process and comes back',
    async stage => {
      await stage.update('alu')
      await stage.seen('AFTER_index', status)
      await pause(600)
      await stage.act('the daemon is killed', async () => await stage.cluster.control.daemon('killed'))
      await pause(1500)
      await stage.act('the daemon is back', async () => await stage.cluster.control.daemon('running'))
      await pause(1000)
    },
    {prepare: addAlu({processes: [waitsForGate('never')]})},
  ),
  scenario(
    'cluster-restarted',
    'The whole cluster is stopped in the middle of a process and started again',
    async stage => {
      await stage.update('alu')
      await stage.seen('AFTER_index', status)
      await pause(600)
      await stage.act('the cluster is stopped', async () => await stage.cluster.halt())
      await pause(1500)
      await stage.act('the cluster is started', async () => await stage.cluster.start())
      await pause(1000)
    },
    {prepare: addAlu({processes: [waitsForGate('never')]})},
  ),
  scenario(
    'cluster-restarted-while-queued',
    'The cluster is stopped while a request waits, and started again',
    async stage => {
      const over = await stage.runsToEnd()
      await stage.act('the daemon is busy elsewhere', async () => await stage.cluster.control.daemon('paused'))
      await stage.update('alu')
      await pause(600)
      await stage.act('the cluster is stopped', async () => await stage.cluster.halt())
      await pause(1000)
      await stage.act('the cluster is started', async () => await stage.cluster.start())
      await over()
    },
    {prepare: addAlu({processes: [takes(1)]})},
  ),
  scenario(
    'run-after-stale-lock-removed',
    'A dead run left its lock; it is removed and the update asked for again',
    async stage => {
      await stage.update('alu')
      await pause(800)
      const over = await stage.runsToEnd()
      await stage.act('the lock file is deleted', async () => await rm(lockFile(stage)))
      await stage.update('alu')
      await over()
    },
    {
      prepare: async stage => {
        await addAlu({processes: [waitsForGate('later')]})(stage)
        await stage.update('alu')
        await stage.seen('AFTER_index', status)
        await stage.cluster.control.daemon('killed')
        await stage.cluster.openGate('later')
        await stage.cluster.control.daemon('running')
        await stage.seen('"alu","update"', whatsup)
      },
    },
  ),
]

function lockFile({cluster}: Stage): string {
  return path.join(cluster.paths.lock, 'alu.lock')
}
