import {describe, expect, it} from 'vitest'
import {clipboardSequence} from '../../../src/ui/terminal/clipboard.js'

const alu = Buffer.from('alu').toString('base64')

describe('what puts a text on the clipboard', () => {
  it('is OSC 52 with the text in Base64', () => {
    expect(clipboardSequence('alu', {inTmux: false})).toBe(`\u001B]52;c;${alu}\u0007`)
  })

  it('is the same for tmux itself, and wrapped for the terminal around it', () => {
    const plain = `\u001B]52;c;${alu}\u0007`
    expect(clipboardSequence('alu', {inTmux: true})).toBe(`${plain}\u001BPtmux;\u001B\u001B]52;c;${alu}\u0007\u001B\\`)
  })

  it('has no control characters and no second line in it', () => {
    const sequence = clipboardSequence('alu\nrm -rf ~\r\u001B[201~', {inTmux: false}) ?? ''
    const text = Buffer.from(sequence.slice('\u001B]52;c;'.length, -1), 'base64').toString()
    expect(text).toBe('alu rm -rf ~')
  })

  it('is nothing for a text that terminals would drop', () => {
    expect(clipboardSequence('x'.repeat(56_244), {inTmux: false})).toHaveLength('\u001B]52;c;'.length + 74_992 + 1)
    expect(clipboardSequence('x'.repeat(56_245), {inTmux: false})).toBeUndefined()
  })
})
