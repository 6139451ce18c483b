import {EventEmitter} from 'node:events'
import {beforeEach, describe, expect, it} from 'vitest'
import {ScreenStream} from '../../../src/ui/terminal/screen-stream.js'
import {until} from '../../support/until.js'

const begin = '\u001B[?2026h'
const end = '\u001B[?2026l'

class Terminal extends EventEmitter {
  columns = 80
  rows = 24
  readonly writes: string[] = []

  readonly write = (text: string): boolean => {
    this.writes.push(text)
    return true
  }
}

let terminal: Terminal
let forgotten: number
let screen: ScreenStream

beforeEach(() => {
  terminal = new Terminal()
  forgotten = 0
  screen = new ScreenStream(terminal, () => {
    forgotten += 1
  })
})

describe('a frame', () => {
  it('is one write, with lines that stay as one step', () => {
    for (const piece of [begin, '\u001B[2A', '\u001B[E\u001B[E\u001B[Enews\n\u001B[E', end]) screen.write(piece)
    expect(terminal.writes).toEqual([`${begin}\u001B[2A\u001B[3Enews\n\u001B[E${end}`])
  })

  it('that was cut short is written when the screen is closed', () => {
    screen.write(begin)
    screen.write('half')
    screen.close()
    expect(terminal.writes).toEqual([`${begin}half\u001B[0m${end}`])
  })
})

describe('closing', () => {
  it('makes the terminal as it was, whatever was switched', () => {
    screen.write('\u001B[?1049h\u001B[?25l\u001B[?2004h')
    screen.close()
    expect(terminal.writes.at(-1)).toBe('\u001B[0m\u001B[?2004l\u001B[?1049l\u001B[?25h')
    screen.close()
    expect(terminal.writes).toHaveLength(2)
  })

  it('writes nothing when all was given back', () => {
    screen.write('\u001B[?1049h\u001B[?25l')
    screen.write('\u001B[?1049l\u001B[?25h')
    screen.close()
    expect(terminal.writes).toHaveLength(2)
  })

  it('hears of no more sizes', () => {
    screen.close()
    expect(terminal.listenerCount('resize')).toBe(0)
  })
})

describe('sizes', () => {
  it('count when the window came to rest, and all is drawn anew in one frame', async () => {
    let resizes = 0
    screen.on('resize', () => {
      resizes += 1
      for (const piece of [begin, 'all', end]) screen.write(piece)
    })
    for (let columns = 81; columns <= 120; columns++) {
      terminal.columns = columns
      terminal.emit('resize')
    }
    await until('the size is known', () => resizes > 0)
    expect([resizes, screen.columns, forgotten]).toEqual([1, 120, 1])
    expect(terminal.writes).toEqual([`${begin}\u001B[H\u001B[Jall${end}`])
  })
})
