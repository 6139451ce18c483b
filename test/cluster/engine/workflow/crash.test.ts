import {existsSync} from 'node:fs'
import {readlink} from 'node:fs/promises'
import path from 'node:path'
import {describe, expect, it} from 'vitest'
import type {Bank} from '../../../../src/cluster/model/bank.js'
import type {RunOutcome} from '../../../../src/cluster/engine/engine.js'
import type {Store} from '../../../../src/cluster/store/store.js'
import {Site, updateOf} from './site.js'

class Died extends Error {}

/** A store whose process dies before or after one of its writes: from then on nothing is written any more. */
class MortalStore {
  writes = 0
  dieAt = Number.POSITIVE_INFINITY
  #dead = false

  revive(): void {
    this.writes = 0
    this.dieAt = Number.POSITIVE_INFINITY
    this.#dead = false
  }

  wrap(store: Store): Store {
    return {
      ...store,
      banks: this.#mortal(store.banks),
      history: this.#mortal(store.history),
      locks: this.#mortal(store.locks),
      events: this.#mortal(store.events),
    }
  }

  #mortal<Part extends object>(part: Part): Part {
    return new Proxy(part, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name)
        if (typeof member !== 'function') return member
        return async (...args: unknown[]): Promise<unknown> =>
          this.#call(String(name), async () => (await Reflect.apply(member, target, args)) as unknown)
      },
    })
  }

  async #call(name: string, call: () => Promise<unknown>): Promise<unknown> {
    if (this.#dead) throw new Died(name)
    if (!/^(change|add|take|release|insert|append|progress|remove)$/.test(name)) return call()
    // Odd moments are before a write, even ones after it.
    this.#tick(name)
    const result = await call()
    this.#tick(name)
    return result
  }

  #tick(name: string): void {
    this.writes++
    if (this.writes < this.dieAt) return
    this.#dead = true
    throw new Died(name)
  }
}

const banks = {
  base: {'release.file': String.raw`^release-(\d+)\.txt$`},
  alu: {
    depends: 'base',
    'base.files.move': '**/*',
    auto_publish: '1',
    'keep.old.version': '0',
    BLOCKS: 'B',
    'B.db.post.process': 'M',
    M: 'one,two',
    'one.name': 'one',
    'one.exe': 'one.sh',
    'one.args': '',
    'two.name': 'two',
    'two.exe': 'one.sh',
    'two.args': '',
  },
}

async function prepared(): Promise<{site: Site; mortal: MortalStore}> {
  const mortal = new MortalStore()
  const site = new Site({store: real => mortal.wrap(real)})
  for (const [name, properties] of Object.entries(banks)) site.bank(name, properties)
  await site.script(
    'one.sh',
    'mkdir -p "$datadir/$dirversion/$localrelease/made" && echo made > "$datadir/$dirversion/$localrelease/made/x"',
  )
  site.put('base', 'b.fa', 'base')
  site.put('base', 'release-1.txt', '')
  site.put('alu', 'a.fa', 'one', '2026-01-01')
  await site.updated('alu')
  site.put('alu', 'a.fa', 'two', '2026-01-02')
  site.put('alu', 'b.fa', 'more', '2026-01-02')
  return {site, mortal}
}

/** What must hold of a bank at every moment, whatever died. */
async function mustBeSound(site: Site, bank: Bank): Promise<void> {
  for (const {dataDir, dirVersion, productionDirectory} of bank.production) {
    expect(existsSync(path.join(dataDir, dirVersion, productionDirectory, 'flat', 'a.fa'))).toBe(true)
  }
  expect([null, ...bank.production.map(({session}) => session)]).toContain(bank.current)
  const current = await readlink(`${site.root}/db/alu/current`)
  expect(existsSync(`${site.root}/db/alu/${current}/flat/a.fa`)).toBe(true)
  expect(existsSync(`${site.root}/db/alu/${current}/made/x`)).toBe(true)
}

/** The same but for ids and times. */
function comparable({sessions, production, pending, current}: Bank, outcome: RunOutcome): unknown {
  return {
    sessions: sessions.map(({release, over, updated, steps}) => ({release, over, updated, steps})),
    production: production.map(({release, remoteRelease, formats, types}) => ({
      release,
      remoteRelease,
      formats,
      types,
    })),
    pending,
    published: production.find(({session}) => session === current)?.release,
    outcome: {...outcome, session: null, directory: outcome.directory?.replace(/^.*\/db\//, '')},
  }
}

describe('an update whose process dies at any write of its store', () => {
  it('goes on with the same job, and ends as if nothing had happened', {timeout: 120_000}, async () => {
    const calm = await prepared()
    calm.mortal.writes = 0
    const expected = comparable(await calm.site.stored('alu'), await calm.site.updated('alu'))
    const count = calm.mortal.writes
    const wanted = comparable(await calm.site.stored('alu'), (expected as {outcome: RunOutcome}).outcome)
    const tree = await calm.site.tree('alu')
    expect(count).toBeGreaterThan(60)

    for (let dieAt = 1; dieAt <= count; dieAt += 3) {
      const {site, mortal} = await prepared()
      mortal.revive()
      mortal.dieAt = dieAt
      const context = site.context()
      const died = await site
        .engine()
        .update(updateOf('alu'), context)
        .then(
          () => null,
          (error: unknown) => error,
        )
      mortal.revive()
      expect(died, `at ${dieAt}`).not.toBeNull()
      await mustBeSound(site, await site.stored('alu'))

      const outcome = await site.engine().update(updateOf('alu'), context)

      expect(comparable(await site.stored('alu'), outcome), `at ${dieAt}`).toEqual(wanted)
      expect(await site.tree('alu'), `at ${dieAt}`).toEqual(tree)
      const rows = await site.store.history.list({limit: 20})
      expect(rows.filter(({job}) => job === context.job).map(({bank, error}) => ({bank, error}))).toHaveLength(2)
      expect(await site.store.locks.list(), `at ${dieAt}`).toEqual([])
    }
  })
})
