import * as fc from 'fast-check'
import {expect, it} from 'vitest'
import type {ReleaseFile} from '../../../src/cluster/model/bank.js'
import {batchesOf} from '../../../src/cluster/workers/batches.js'

const files = (sizes: Array<number | null>): ReleaseFile[] =>
  sizes.map((size, n) => ({name: `f${n}`, saveAs: `f${n}`, size, date: null, hash: null}))
const shape = (sizes: Array<number | null>, threads: number) =>
  batchesOf(files(sizes), threads).map(batch => batch.map(({index}) => index))

const mib = 1024 * 1024

it('puts each file into one batch, whatever the sizes', () => {
  const size = fc.oneof(fc.constant(null), fc.integer({min: 0, max: 40 * mib}))
  fc.assert(
    fc.property(fc.array(size, {maxLength: 300}), fc.integer({min: 1, max: 8}), (sizes, threads) => {
      const batches = shape(sizes, threads)
      expect(batches.flat().toSorted((a, b) => a - b)).toEqual(sizes.map((_, n) => n))
      expect(batches.every(batch => batch.length > 0)).toBe(true)
    }),
  )
})

it('fetches large files alone and small ones together', () => {
  expect(shape([1, 20 * mib, 1, 20 * mib, 1, 1, 1], 1)).toEqual([[1], [0, 2], [3], [4, 5], [6]])
  expect(
    shape(
      Array.from({length: 8}, () => 1),
      1,
    ),
  ).toEqual([
    [0, 1],
    [2, 3],
    [4, 5],
    [6, 7],
  ])
})

it('makes no batch that is too large to be told to the queue', () => {
  const batches = batchesOf(files(Array.from({length: 100_000}, () => 10)), 4)
  expect(Math.max(...batches.map(({length}) => length))).toBe(500)
})

it('gives each thread several batches', () => {
  expect(
    shape(
      Array.from({length: 200}, () => 1000),
      4,
    ),
  ).toHaveLength(16)
  expect(shape([null, null, null], 4)).toHaveLength(3)
})
