import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {type ShownDashboard, showDashboard} from '../../support/dashboard/index.js'
import {aBank, aRelease, type ScriptedCluster} from '../../support/scripted-cluster/index.js'
import {until} from '../../support/until.js'
import {now, startBusyCluster} from './busy-cluster.js'

let cluster: ScriptedCluster
let dashboard: ShownDashboard | undefined

beforeEach(async () => {
  cluster = await startBusyCluster()
})

afterEach(async () => {
  await dashboard?.stop()
  dashboard = undefined
  await cluster.stop()
})

async function show(columns = 80, rows = 24, apiKey = 'JANEKEY001'): Promise<ShownDashboard> {
  const shown = showDashboard({url: cluster.url, columns, rows, now, apiKey})
  dashboard = shown
  await shown.shows(/● live|✗/)
  return shown
}

/** The rows with the title of a panel, and what they say of its age. */
function ages(shown: ShownDashboard): Record<string, string> {
  return Object.fromEntries(
    shown.rows().flatMap(row => {
      const [, title, note] = /^ (\w+) ─+ (.*)$/.exec(row) ?? []
      return title === undefined || note === undefined ? [] : [[title, note]]
    }),
  )
}

describe('one part that fails', () => {
  it('says why and how old it is, and does not blank the others', async () => {
    const shown = await show()
    cluster.state.statusBroken = true
    await shown.clock.advance(2000)
    await shown.shows(/Services ─+ ! 2s old/)
    expect(shown.screen()).toContain('✓ redis up')
    expect(ages(shown)).toMatchObject({Running: '<4s', Queue: '<4s', Banks: '<4s'})
    await shown.clock.advance(6000)
    await shown.shows(/Services ─+ ! 8s old/)
    expect(ages(shown)).toMatchObject({Running: '<4s', Banks: '<4s'})
    cluster.state.statusBroken = false
    await shown.clock.advance(4000)
    await shown.shows(/Services ─+ <4s/)
    expect(shown.view()).not.toContain('? ')
  })

  it('that was never read is told as not known', async () => {
    cluster.state.statusBroken = true
    const shown = await show()
    expect(await shown.shows('? not known')).toMatch(/Services ─+ \? not known\n {3}\? /)
    expect(shown.screen()).toContain('4 banks')
  })
})

describe('a cluster that goes', () => {
  it('leaves what was known on screen, ever older, and is live again within an interval of its return', async () => {
    const shown = await show()
    await cluster.stop()
    await shown.clock.advance(2000)
    await shown.shows('connection refused. All below is old.')
    expect(shown.screen()).toContain('genbank failed')
    await shown.clock.advance(10_000)
    await until('every panel tells its age', async () => {
      await shown.clock.advance(1000)
      return Object.values(ages(shown)).every(age => /^! \d\ds old$/.test(age))
    })
    await cluster.start()
    await shown.clock.advance(2000)
    await shown.shows('● live')
    expect(ages(shown)).toMatchObject({Attention: '<4s', Services: '<4s'})
  })
})

describe('a cluster that hangs', () => {
  it('is told with the time that it has hung, from the first moment on', async () => {
    const shown = await show()
    await shown.clock.advance(1000)
    const gate = Promise.withResolvers<void>()
    cluster.held = gate.promise
    await shown.clock.advance(1000)
    await shown.clock.advance(4000)
    expect(await shown.shows('! no answer for')).toContain('! no answer for 4s')
    gate.resolve()
    await shown.shows('● live')
  })
})

describe('hostile names', () => {
  it('neither move the cursor nor fake a row, nor shift what stands beside them', async () => {
    const evil = 'evil\u001B[2J\u001B[1;1H\u001B]0;title\u0007'
    const rows = 'two\nrows\r\u202E'
    for (const name of [evil, rows, '漢字漢字', 'x'.repeat(200)]) {
      cluster.state.banks.set(
        name,
        aBank(name, {failed: true, releases: [aRelease(`${name}-1`)], current: 1_767_322_800}),
      )
    }
    for (const [columns, height] of [
      [80, 24],
      [120, 40],
      [40, 10],
    ] as const) {
      const shown = await show(columns, height)
      await shown.shows('failed')
      expect(shown.rows()[0]).toContain('● live')
      expect(shown.rows().at(-1)).toContain('? help')
      shown.press('b')
      await shown.shows('Banks 8')
      expect(shown.rows()[1]).toBe(' Overview › Banks')
      expect(shown.screen()).toContain('evil')
      const states = shown
        .rows()
        .flatMap(row => (/ (✗ failed|▶ updating|… waiting)/.test(row) ? [cellsBefore(row)] : []))
      expect(new Set(states).size).toBe(1)
      await shown.stop()
      dashboard = undefined
    }
  })
})

/** Cells of the screen before the state: wide characters take two. */
function cellsBefore(row: string): number {
  const [before = ''] = row.split(/(?<= )(?:✗ failed|▶ updating|… waiting)/)
  return Array.from(before).reduce((cells, character) => cells + (/[\u4E00-\u9FFF]/.test(character) ? 2 : 1), 0)
}

describe('ten thousand banks', () => {
  it('are drawn only as far as they are on screen, and moved through at once', async () => {
    for (let index = 0; index < 10_000; index++) {
      const name = `bank${String(index).padStart(5, '0')}`
      cluster.state.banks.set(name, aBank(name))
    }
    const shown = await show()
    shown.press('b')
    await shown.shows('Banks 10004')
    const {bytesWritten} = shown
    shown.press('G')
    await shown.shows('› swissprot')
    shown.press('g', 'pagedown', 'j')
    await shown.shows('› bank00018')
    shown.press('/', '9', '9', '9', '9')
    await shown.shows('Banks 1 of 10004')
    // Some frames of the screen, not of the list.
    expect(shown.bytesWritten - bytesWritten).toBeLessThan(30_000)
  })
})

describe('a refused key', () => {
  it('hides no public bank, and is told as what it is', async () => {
    const shown = await show(80, 24, 'WRONGKEY99')
    expect(await shown.shows('does not know your key')).toContain('genbank')
  })
})

describe('several messages at once', () => {
  it('go when their own time is over, not one after the other', async () => {
    const shown = await show()
    shown.press('u')
    await shown.shows('! Select a bank first')
    await shown.clock.advance(3000)
    shown.press('Y')
    await shown.shows('Copied: ')
    await shown.clock.advance(3000)
    await until('the first message is gone', () => !shown.screen().includes('Select a bank first'))
    expect(shown.screen()).toContain('Copied: ')
    await shown.clock.advance(3000)
    await until('the second message is gone', () => !shown.screen().includes('Copied: '))
  })
})
