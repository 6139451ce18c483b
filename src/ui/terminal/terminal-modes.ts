// oxlint-disable-next-line no-control-regex
const switched = /\u001B\[\?(\d+)([hl])/g

/** What has to be written for each mode that a program can leave behind; the cursor is the one that it turns off. */
const undoing: ReadonlyArray<{mode: string; left: 'h' | 'l'; undo: string}> = [
  {mode: '1000', left: 'h', undo: '\u001B[?1000l'},
  {mode: '1006', left: 'h', undo: '\u001B[?1006l'},
  {mode: '2004', left: 'h', undo: '\u001B[?2004l'},
  {mode: '2026', left: 'h', undo: '\u001B[?2026l'},
  {mode: '1049', left: 'h', undo: '\u001B[?1049l'},
  {mode: '25', left: 'l', undo: '\u001B[?25h'},
]

/** What was switched on a terminal so far, known by what was written to it. */
export class TerminalModes {
  readonly #last = new Map<string, string>()

  wrote(text: string): void {
    if (!text.includes('\u001B[?')) return
    for (const [, mode = '', to = ''] of text.matchAll(switched)) this.#last.set(mode, to)
  }

  /** Makes the terminal as it was; empty when it is. */
  get undo(): string {
    const left = undoing.filter(({mode, left: to}) => this.#last.get(mode) === to)
    return left.length === 0 ? '' : `\u001B[0m${left.map(({undo}) => undo).join('')}`
  }
}
