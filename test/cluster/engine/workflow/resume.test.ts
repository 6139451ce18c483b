import {writeFileSync} from 'node:fs'
import {describe, expect, it} from 'vitest'
import {RunCancelled, RunInterrupted} from '../../../../src/cluster/engine/engine.js'
import {until} from '../../../support/until.js'
import {Site, updateOf} from './site.js'

const twoProcesses = {
  BLOCKS: 'B1',
  'B1.db.post.process': 'M1',
  M1: 'first,second',
  'first.name': 'first',
  'first.exe': 'first.sh',
  'first.args': '',
  'second.name': 'second',
  'second.exe': 'second.sh',
  'second.args': '',
}

describe('a session that did not end well', () => {
  it('is taken up again where it failed, and done steps are passed over', async () => {
    const site = new Site()
    site.bank('alu', twoProcesses)
    site.put('alu', 'a.fa', 'a')
    await site.script('first.sh', 'echo first >> "$datadir/ran"')
    await site.script('second.sh', 'exit 3')

    expect(await site.update('alu')).toMatchObject({state: 'failed', reason: 'M1_second ended with exit code 3'})
    const failed = await site.stored('alu')
    expect(await site.steps('alu')).toMatchObject({download: 'over', postprocess: 'error', publish: 'waiting'})
    expect(failed.status?.processes).toMatchObject([
      {name: 'M1_first', state: 'over'},
      {name: 'M1_second', state: 'error'},
    ])
    expect(failed.pending).toMatchObject([{release: '2026-1-15'}])
    expect(failed.production).toEqual([])

    await site.script('second.sh', 'echo second >> "$datadir/ran"')
    expect(await site.updated('alu')).toMatchObject({session: failed.sessions[0]?.id, updated: true})
    expect(await site.tree('.')).toMatchObject({ran: 'first\nsecond\n'})
    expect(await site.steps('alu')).toMatchObject({init: 'over', download: 'skipped', postprocess: 'over'})
    expect(await site.messages('alu')).toContain('PROC:META:SKIP:PROCESS:first')
    expect((await site.stored('alu')).pending).toEqual([])
  })

  it('makes a whole release though all files were gathered before', async () => {
    const site = new Site()
    site.bank('alu', {'local.files': 'nothing'})
    site.put('alu', 'a.fa', 'a')
    expect(await site.update('alu')).toMatchObject({state: 'failed', reason: 'No file match in offline dir'})
    site.bank('alu')

    await site.updated('alu')

    expect(await site.messages('alu')).toContain('Workflow:wf_download:nb_files_in_offline_dir:1')
    expect(await site.tree('alu')).toEqual({'alu_2026-1-15/flat/a.fa': 'a'})
  })

  it('is given up when the remote side has another release by now', async () => {
    const site = new Site()
    site.bank('alu', {'local.files': 'nothing'})
    site.put('alu', 'a.fa', 'a')
    await site.update('alu')
    site.bank('alu')
    site.put('alu', 'a.fa', 'b', '2026-02-20')

    expect(await site.updated('alu')).toMatchObject({release: '2026-2-20', updated: true})
    expect(await site.tree('alu')).toEqual({'alu_2026-2-20/flat/a.fa': 'b'})
    const bank = await site.stored('alu')
    expect(bank.sessions).toHaveLength(1)
    expect(bank.pending).toEqual([])
  })

  it('is given up for an update from scratch', async () => {
    const site = new Site()
    site.bank('alu', twoProcesses)
    site.put('alu', 'a.fa', 'a')
    await site.script('first.sh', 'exit 1')
    await site.update('alu')
    await site.script('first.sh', 'exit 0')
    await site.script('second.sh', 'exit 0')

    expect(await site.updated('alu', {fromScratch: true})).toMatchObject({release: '2026-1-15__1'})
    expect(await site.tree('alu')).toEqual({'alu_2026-1-15__1/flat/a.fa': 'a'})
  })
})

describe('from_task', () => {
  it('works a release over from a process on', async () => {
    const site = new Site()
    site.bank('alu', twoProcesses)
    site.put('alu', 'a.fa', 'a')
    await site.script('first.sh', 'echo first >> "$datadir/ran"')
    await site.script('second.sh', 'echo second >> "$datadir/ran"')
    const {session} = await site.updated('alu')
    await site.updated('alu')

    const outcome = await site.updated('alu', {fromTask: 'postprocess', process: 'second'})

    expect(outcome).toMatchObject({session, updated: true})
    expect(await site.tree('.')).toMatchObject({ran: 'first\nsecond\nsecond\n'})
    expect((await site.stored('alu')).production).toHaveLength(1)
    await site.updated('alu', {fromTask: 'postprocess'})
    expect(await site.tree('.')).toMatchObject({ran: 'first\nsecond\nsecond\nfirst\nsecond\n'})
  })

  it('fetches the same release again in place', async () => {
    const site = new Site()
    site.bank('alu')
    site.put('alu', 'a.fa', 'a')
    await site.updated('alu', {publish: true})
    writeFileSync(`${site.root}/db/alu/alu_2026-1-15/flat/a.fa`, 'spoilt')

    expect(await site.updated('alu', {fromTask: 'download'})).toMatchObject({release: '2026-1-15'})
    expect(await site.tree('alu')).toMatchObject({'alu_2026-1-15/flat/a.fa': 'a', current: '-> alu_2026-1-15'})
  })

  it('does not put the files of another release under an old name', async () => {
    const site = new Site()
    site.bank('alu')
    site.put('alu', 'a.fa', 'a')
    await site.updated('alu')
    site.put('alu', 'a.fa', 'newer', '2026-03-03')

    const outcome = await site.update('alu', {fromTask: 'download'})

    expect(outcome).toMatchObject({state: 'failed', reason: 'the remote release is 2026-3-3 now'})
    expect(await site.tree('alu')).toEqual({'alu_2026-1-15/flat/a.fa': 'a'})
    expect((await site.stored('alu')).production).toHaveLength(1)
  })

  it.each([
    [{fromTask: 'nonsense'}, 'No task found named nonsense'],
    [{fromTask: 'publish'}, 'Previous task postprocess was not successful, cannot restart after this task'],
    [{fromTask: 'postprocess', process: 'none'}, 'There is no block, metaprocess or process "none" in postprocess'],
    [{release: 'r9'}, 'Release does not exists: r9'],
  ])('is refused with a reason in the history: %j', async (request, reason) => {
    const site = new Site()
    site.bank('alu', twoProcesses)
    site.put('alu', 'a.fa', 'a')
    await site.script('first.sh', 'exit 1')
    await site.update('alu')

    expect(await site.update('alu', request)).toMatchObject({state: 'failed', reason})
    expect(await site.store.history.list({limit: 1})).toMatchObject([{error: true, reason}])
    expect(await site.store.locks.list()).toEqual([])
  })
})

describe('an update that is to stop', () => {
  it('stops after a step and goes on with the next update', async () => {
    const site = new Site()
    site.bank('alu', twoProcesses)
    site.put('alu', 'a.fa', 'a')
    await site.script('first.sh', 'exit 0')
    await site.script('second.sh', 'exit 0')

    expect(await site.updated('alu', {stopAfter: 'download'})).toMatchObject({updated: true, directory: null})
    expect(await site.steps('alu')).toMatchObject({download: 'over', postprocess: 'waiting', over: 'waiting'})
    expect((await site.stored('alu')).pending).toMatchObject([{release: '2026-1-15'}])
    expect(await site.updated('alu', {stopBefore: 'publish'})).toMatchObject({directory: null})
    expect(await site.steps('alu')).toMatchObject({download: 'skipped', postprocess: 'over', publish: 'waiting'})
    expect(await site.updated('alu')).toMatchObject({updated: true})
    expect((await site.stored('alu')).production).toHaveLength(1)
  })
})

describe('a run that is stopped from outside', () => {
  it('ends at once when it is cancelled, with a reason and without what is half-done in production', async () => {
    const site = new Site()
    site.bank('alu', twoProcesses)
    site.put('alu', 'a.fa', 'a')
    await site.script('first.sh', 'sleep 600')
    const stop = new AbortController()
    const run = site.update('alu', {publish: true}, {signal: stop.signal})
    await until('the process runs', async () => {
      const bank = await site.store.banks.get('alu')
      return bank?.status?.processes.some(({state}) => state === 'running') === true
    })
    stop.abort(RunCancelled.by('bob'))

    expect(await run).toMatchObject({state: 'cancelled', reason: 'cancelled by bob', updated: false})
    expect(await site.store.history.list({limit: 9})).toMatchObject([{error: true, cancelled: true}])
    expect(await site.messages('alu')).toContain('Cancel requested, stopping update')
    expect(await site.tree('alu')).toEqual({'alu_2026-1-15/flat/a.fa': 'a'})
    expect(await site.stored('alu')).toMatchObject({current: null, production: [], pending: [{release: '2026-1-15'}]})
    expect(await site.store.locks.list()).toEqual([])
  })

  it('leaves all as it is when it is interrupted, and the same job goes on with it', async () => {
    const site = new Site()
    site.bank('alu', twoProcesses)
    site.put('alu', 'a.fa', 'a')
    await site.script('first.sh', 'echo first >> "$datadir/ran"')
    await site.script('second.sh', 'sleep 600')
    const stop = new AbortController()
    const context = site.context({signal: stop.signal})
    const run = site.engine().update(updateOf('alu', {fromScratch: true}), context)
    const ended = run.catch((error: unknown) => error)
    await until('the second process runs', async () => {
      const bank = await site.store.banks.get('alu')
      return bank?.status?.processes.some(({name, state}) => name === 'M1_second' && state === 'running') === true
    })
    stop.abort(new RunInterrupted('the worker stops'))
    expect(await ended).toBeInstanceOf(RunInterrupted)
    expect(await site.store.history.list({limit: 9})).toEqual([])
    expect(await site.store.locks.get('alu')).toMatchObject({job: context.job})

    await site.script('second.sh', 'exit 0')
    const again = {...context, signal: new AbortController().signal}
    const outcome = await site.engine().update(updateOf('alu', {fromScratch: true}), again)

    expect(outcome).toMatchObject({state: 'done', release: '2026-1-15'})
    expect(await site.tree('.')).toMatchObject({ran: 'first\n'})
    expect(await site.engine().update(updateOf('alu', {fromScratch: true}), again)).toEqual(outcome)
    expect(await site.store.history.list({limit: 9})).toHaveLength(1)
  })

  it('does not begin while another job has the bank, or during maintenance', async () => {
    const site = new Site()
    site.bank('alu')
    site.put('alu', 'a.fa', 'a')
    await site.updated('alu')
    const before = (await site.stored('alu')).status
    const lock = {bank: 'alu', action: 'remove', job: 'other', owner: 'bob', worker: 'w', sinceMs: 1}
    await site.store.locks.take(lock)

    expect(await site.update('alu')).toMatchObject({
      state: 'failed',
      reason: 'Bank alu is locked: remove of bob works on it',
    })
    expect(await site.store.locks.list()).toEqual([lock])
    await site.store.locks.break('alu')
    await site.store.maintenance.set({sinceMs: 1, by: 'root'})
    expect(await site.update('alu')).toMatchObject({state: 'failed', reason: 'Biomaj is in maintenance'})
    expect((await site.stored('alu')).status).toEqual(before)
    expect(await site.store.locks.list()).toEqual([])
  })
})
