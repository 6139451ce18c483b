import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {aims} from './phases.js'
import {Victim} from './victim.js'
import type {Kill} from './victim.js'

/** BIOMAJ_TEST_CRASHES=200 kills as often; BIOMAJ_TEST_SEED gives other moments. */
const crashes = Number(process.env['BIOMAJ_TEST_CRASHES'] ?? 8)
const seed = Number(process.env['BIOMAJ_TEST_SEED'] ?? 20_261_121)
const atATime = Math.min(crashes, crashes > 20 ? 4 : 2)

describe('clusters that are killed at any moment', () => {
  const victims: Victim[] = []

  beforeAll(async () => {
    const started = await Promise.all(Array.from({length: atATime}, async (_, index) => Victim.start(seed + index)))
    victims.push(...started)
  }, 180_000)
  afterAll(async () => {
    await Promise.all(victims.map(async victim => victim.stop()))
  })

  it(`lose nothing in ${crashes} kills (seed ${seed})`, {timeout: 60_000 + crashes * 15_000}, async () => {
    const kills: Kill[] = []
    let next = 0
    await Promise.all(
      victims.map(async victim => {
        while (next < crashes) {
          const aim = aims[next++ % aims.length] ?? 'queue'
          const kill = await victim.kill(aim)
          expect(kill).toMatchObject({problems: []})
          kills.push(kill)
        }
      }),
    )
    const hits = Object.groupBy(kills, ({hit}) => hit)
    const counts = Object.entries(hits).map(([phase, {length}]) => `${phase} ${length}`)
    process.stderr.write(`killed in: ${counts.join(', ')}\n`)
    expect(kills).toHaveLength(crashes)
    // A phase may end just before the kill, but not each of many times.
    const missed = aims.filter(aim => hits[aim] === undefined)
    expect(crashes < 40 ? [] : missed).toEqual([])
  })
})
