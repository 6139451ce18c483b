/* oxlint-disable vitest/valid-title, vitest/expect-expect, vitest/no-conditional-tests, vitest/valid-describe-callback --
   title and suite come from the caller; the skipped test only carries the reason */
import {type ChildProcess, spawn, spawnSync} from 'node:child_process'
import {once} from 'node:events'
import path from 'node:path'
import {createInterface} from 'node:readline'
import {afterAll, beforeAll, describe, it} from 'vitest'

const python = '/usr/bin/python3'
// What a shell sets for BioMAJ or Python must not decide how files are read.
const env = {
  PATH: '/usr/bin:/bin',
  LC_ALL: 'C.UTF-8',
  HOME: '/nonexistent',
  USER: 'biomaj',
  PYTHONDONTWRITEBYTECODE: '1',
}

/** One Python process that answers all questions of a suite, one at a time. */
export interface Oracle {
  ask<Answer>(request: {ask: 'parse' | 'get' | 'check' | 'pattern'} & Record<string, unknown>): Promise<Answer>
}

/** A suite held against Python 3 and BioMAJ as Debian ships them; skipped with the reason where they are missing. */
export function describeWithOracle(name: string, suite: (oracle: Oracle) => void): void {
  const reason = whyNot()
  if (reason !== undefined) {
    describe(name, () => {
      it('is held against Python', context => {
        if (process.env['BIOMAJ_TEST_REQUIRE_REAL'] === '1') throw new Error(reason)
        context.skip(reason)
      })
    })
    return
  }
  describe(name, () => {
    let child: ChildProcess | undefined
    let answers: AsyncIterator<string> | undefined
    let turn: Promise<unknown> = Promise.resolve()
    beforeAll(() => {
      const started = spawn(python, [path.join(import.meta.dirname, 'oracle.py')], {
        env,
        stdio: ['pipe', 'pipe', 'inherit'],
      })
      answers = createInterface({input: started.stdout})[Symbol.asyncIterator]()
      child = started
    })
    afterAll(async () => {
      if (!child || child.exitCode !== null) return
      const ended = once(child, 'exit')
      child.stdin?.end()
      await ended
    })
    suite({
      async ask<Answer>(request: Record<string, unknown>): Promise<Answer> {
        const mine = turn.then(async () => {
          child?.stdin?.write(`${JSON.stringify(request)}\n`)
          const answer = await answers?.next()
          if (answer === undefined || answer.done === true) throw new Error('Python has ended')
          return JSON.parse(answer.value) as Answer
        })
        turn = mine.catch(() => undefined)
        return mine
      },
    })
  })
}

function whyNot(): string | undefined {
  const probe = spawnSync(python, ['-c', 'import sys, biomaj.bank; print("%d.%d" % sys.version_info[:2])'], {
    env,
    encoding: 'utf8',
  })
  if (probe.error || probe.status !== 0) return 'Debian package python3-biomaj3 is not installed'
  const version = probe.stdout.trim().split('\n').at(-1)
  return version === '3.11' ? undefined : `Python is ${String(version)}; the semantics are those of 3.11`
}
