import fs from 'node:fs'
import {hostname} from 'node:os'
import path from 'node:path'
import {describe, expect, it} from 'vitest'
import {withFileLock} from '../../src/config/file-lock.js'
import {failure, temporaryDirectory} from './support.js'

const token = '00000000-0000-4000-8000-000000000000'

function lockedFile(owner: string, ageMs = 0): {file: string; lock: string} {
  const file = path.join(temporaryDirectory(), 'things.json')
  const lock = `${file}.lock`
  fs.writeFileSync(lock, owner)
  const time = (Date.now() - ageMs) / 1000
  fs.utimesSync(lock, time, time)
  return {file, lock}
}

const alive = JSON.stringify({pid: process.pid, host: hostname(), token})
const elsewhere = JSON.stringify({pid: 1, host: 'another-machine', token})

describe('a lock', () => {
  it('gives the result of the change, and is gone when the change throws', async () => {
    const file = path.join(temporaryDirectory(), 'things.json')
    expect(await withFileLock(file, () => 7)).toBe(7)
    const failing = withFileLock(file, () => {
      throw new Error('no')
    })
    await expect(failing).rejects.toThrow('no')
    expect(await withFileLock(file, () => 8)).toBe(8)
    expect(fs.readdirSync(path.dirname(file))).toEqual([])
  })

  it.each([
    ['a living process', alive],
    ['a process of another machine', elsewhere],
    ['a process that is just writing its name', ''],
  ])('of %s is respected, and the error says how to end it', async (_, owner) => {
    const {file, lock} = lockedFile(owner)
    const error = await failure(async () => withFileLock(file, () => 0, {patienceMs: 100}))
    expect([error.code, error.message, error.hint]).toEqual([
      'config_invalid',
      `Another process has kept ${file} locked for 0.1 s`,
      `If no other biomaj is running: \`rm -f ${lock} ${lock}.break-*\`.`,
    ])
    expect(fs.readFileSync(lock, 'utf8')).toBe(owner)
  })

  it.each([
    ['a process number in use again', alive],
    ['a process of another machine', elsewhere],
    ['a process that never wrote its name', ''],
    ['something else', 'hello'],
  ])('of %s is broken when it is old', async (_, owner) => {
    const {file} = lockedFile(owner, 60_000)
    expect(await withFileLock(file, () => 'changed')).toBe('changed')
    expect(fs.readdirSync(path.dirname(file))).toEqual([])
  })

  it('is not broken by a second process while a first one is at it', async () => {
    const {file, lock} = lockedFile(elsewhere, 60_000)
    fs.writeFileSync(`${lock}.break-${token}`, '')
    await failure(async () => withFileLock(file, () => 0, {patienceMs: 100}))
    expect(fs.readFileSync(lock, 'utf8')).toBe(elsewhere)
  })
})
