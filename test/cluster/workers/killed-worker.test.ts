import {chmodSync, existsSync, readFileSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {afterEach, beforeEach, expect, it} from 'vitest'
import {until} from '../../support/until.js'
import {isAlive} from './support/processes.js'
import {addJob, openWorkplace, processOf, untilState, type Workplace} from './support/site.js'
import {startWorkerProcess} from './support/worker-process.js'

let place: Workplace

beforeEach(() => {
  place = openWorkplace()
})

afterEach(async () => {
  await place.close()
})

const logged = (name: string) => {
  const file = path.join(place.root, 'log', name)
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').filter(Boolean).map(Number) : []
}

/** A program with a child that both ignore all polite signals; it ends well once the file `go` is there. */
function stubborn(): string {
  const file = path.join(place.root, 'process', 'stubborn')
  const note = `trap '' TERM INT HUP; echo $$ >> ${place.root}/log/pids`
  const wait = `until [ -e ${place.root}/log/go ]; do sleep 0.05; done`
  writeFileSync(
    file,
    `#!/bin/sh\n${note}\nsh -c "trap '' TERM INT HUP; echo \\$\\$ >> ${place.root}/log/pids; ${wait}" &\n${wait}\nwait\n`,
  )
  chmodSync(file, 0o755)
  return file
}

it.each([true, false])(
  'leaves no process behind when a worker is killed, and its job is done by the next (expand: %s)',
  async expand => {
    const {queue} = place.context
    const first = await startWorkerProcess(place.root, 1000)
    const job = await addJob(queue, 'process', processOf(place.root, stubborn(), {expand}))
    await until('the program and its child run', () => logged('pids').length === 2)
    first.kill('SIGKILL')
    await until('both are dead', () => !logged('pids').some(isAlive))
    writeFileSync(path.join(place.root, 'log', 'go'), '')
    const second = await startWorkerProcess(place.root, 1000)
    try {
      expect(await untilState(queue, job.id, 'done')).toMatchObject({attempts: 2, result: {exitCode: 0}})
      expect(logged('pids')).toHaveLength(4)
    } finally {
      second.kill('SIGKILL')
    }
  },
)

it('leaves no process behind whenever a worker is killed', async () => {
  const {queue} = place.context
  const program = stubborn()
  for (let round = 0; round < 8; round += 1) {
    const worker = await startWorkerProcess(place.root, 400)
    const names = [0, 1].map(n => `R${round}_${n}`)
    const jobs = names.map(async name => addJob(queue, 'process', processOf(place.root, program, {name})))
    const {id} = (await Promise.all(jobs))[0] as {id: string}
    // Rounds differ in how far the start of the process has come.
    await until('a job is taken', async () => (await queue.get(id))?.state === 'running', {everyMs: 1})
    if (round % 2 === 1) await until('it has begun', () => logged('pids').length > round, {everyMs: 1})
    worker.kill('SIGKILL')
    await until('all are dead', () => !logged('pids').some(isAlive))
    for (const job of await queue.list({states: ['queued', 'running']})) await queue.cancel(job.id, 'test')
    await queue.expire(() => true)
  }
  // What was about to begin when its worker died would have done so by now.
  expect(logged('pids').some(isAlive)).toBe(false)
})
