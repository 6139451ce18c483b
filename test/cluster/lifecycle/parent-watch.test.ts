import {expect, it} from 'vitest'
import {endWithParent} from '../../../src/cluster/lifecycle/parent-watch.js'
import {until} from '../../support/until.js'

function watched(): {told: string[]; setParent: (pid: number) => void; looks: () => number; stop: () => void} {
  const told: string[] = []
  let parent = 100
  let looks = 0
  const watch = endWithParent({
    intervalMs: 1,
    parentOf: () => {
      looks += 1
      return parent
    },
    onGone: () => told.push('gone'),
    end: () => told.push('end'),
  })
  return {
    told,
    setParent: pid => {
      parent = pid
    },
    looks: () => looks,
    stop: () => watch.stop(),
  }
}

it('ends the process once, and says so first, when it has another parent', async () => {
  const watch = watched()
  await until('some looks', () => watch.looks() > 3)
  expect(watch.told).toEqual([])
  watch.setParent(1)
  await until('the end', () => watch.told.length > 0)
  const looks = watch.looks()
  expect(watch.told).toEqual(['gone', 'end'])
  const other = watched()
  await until('looks of another one', () => other.looks() > 3)
  other.stop()
  expect([watch.looks(), watch.told]).toEqual([looks, ['gone', 'end']])
})

it('ends nothing after it was stopped', async () => {
  const watch = watched()
  watch.stop()
  const other = watched()
  watch.setParent(1)
  other.setParent(1)
  await until('the other one has noticed', () => other.told.length > 0)
  expect(watch.told).toEqual([])
})
