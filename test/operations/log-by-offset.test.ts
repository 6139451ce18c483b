import * as fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import type {SessionLogPiece} from '../../src/api/contract/log.js'
import {OffsetFollower} from '../../src/operations/log/offset-follower.js'

/** Serves a log as the embedded cluster does: whole lines only while it grows. */
class GrowingLog {
  text = ''
  log = '1'
  served = 0

  readonly cluster = {
    additions: {
      sessionLog: async (_bank: string, {offset, limit}: {offset: number; limit: number}): Promise<SessionLogPiece> => {
        const bytes = Buffer.from(this.text)
        const piece = bytes.subarray(offset, offset + limit)
        const line = piece.lastIndexOf(0x0a) + 1
        const end = line > 0 || piece.length < limit ? line : piece.length
        this.served += end
        return {
          session: '1',
          log: this.log,
          offset,
          nextOffset: offset + end,
          sizeBytes: bytes.length,
          text: piece.subarray(0, end).toString('utf8'),
          complete: false,
        }
      },
    },
  }

  follower(): OffsetFollower {
    // Only this one method is asked for; the resource of the real client holds private fields.
    return new OffsetFollower(this.cluster as never, 'alu')
  }
}

const line = fc.string({maxLength: 30}).map(text => text.replaceAll(/[\n\r]/g, '_'))

describe('a log that is served by offset', () => {
  it('gives every line once and in order, however it grows', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(line), fc.array(fc.array(line)), async (first, later) => {
        const growing = new GrowingLog()
        const append = (lines: readonly string[]) => {
          growing.text += lines.map(text => `${text}\n`).join('')
        }
        append(first)
        const follower = growing.follower()
        const seen = await follower.begin({lines: 0})
        for (const lines of later) {
          append(lines)
          seen.push(...(await follower.poll({})).lines)
        }
        expect(seen).toEqual([...first, ...later.flat()])
      }),
    )
  })

  it('does not show half a line', async () => {
    const growing = new GrowingLog()
    growing.text = 'one\ntw'
    const follower = growing.follower()
    expect(await follower.begin({lines: 0})).toEqual(['one'])
    growing.text += 'o\n'
    expect((await follower.poll({})).lines).toEqual(['two'])
  })

  it('begins with the last lines of a long log without reading all of it', async () => {
    const growing = new GrowingLog()
    growing.text = Array.from({length: 100_000}, (_, index) => `line ${index}\n`).join('')
    expect(await growing.follower().begin({lines: 3})).toEqual(['line 99997', 'line 99998', 'line 99999'])
    expect(growing.served).toBeLessThan(100_000)
  })

  it.for(['longer', 'shorter'])(
    'says when another run began, with a %s log, and gives it from its first line',
    async length => {
      const growing = new GrowingLog()
      growing.text = 'old 1\nold 2\n'
      const follower = growing.follower()
      await follower.begin({lines: 10})
      growing.log = '2'
      growing.text = length === 'shorter' ? 'new\n' : 'new\n'.repeat(9)
      const news = await follower.poll({})
      expect(news.newLog).toBe(true)
      expect(news.lines).toHaveLength(length === 'shorter' ? 1 : 9)
      expect((await follower.poll({})).newLog).toBe(false)
    },
  )
})
