import * as fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {escapeJson, sanitise} from '../../src/shared/sanitise.js'

// Written out once more, one character at a time: the test must not trust the pattern that it tests.
function isForbidden(character: string, multiline: boolean): boolean {
  const code = character.codePointAt(0) ?? 0
  if (code === 0x09 || code === 0x0a) return !multiline
  const within = (from: number, to: number) => code >= from && code <= to
  return (
    within(0x00, 0x1f) ||
    within(0x7f, 0x9f) ||
    code === 0xad ||
    code === 0x34f ||
    code === 0x61c ||
    within(0x115f, 0x1160) ||
    within(0x17b4, 0x17b5) ||
    within(0x180b, 0x180f) ||
    within(0x200b, 0x200f) ||
    within(0x2028, 0x202e) ||
    within(0x2060, 0x206f) ||
    code === 0x3164 ||
    within(0xd800, 0xdfff) ||
    within(0xfe00, 0xfe0f) ||
    code === 0xfeff ||
    code === 0xffa0 ||
    within(0xfff9, 0xfffb) ||
    within(0xe0000, 0xe0fff)
  )
}

// biome-ignore format: a list that is read by its kinds
const pieces = fc.constantFrom(
  '\u001B', '\u001B[', '\u001B]', '\u001BP', '\u001BX', '\u001B^', '\u001B_', '\u001B\\', '\u001B(B', '\u001Bc',
  '\u009B', '\u009D', '\u0090', '\u0098', '\u009C', '\u009E', '\u009F', '\u0007', '\u0008', '\u007F', '\u0000',
  '\r', '\n', '\r\n', '\t', '31m', '0;', '52;c;', '8;;http://x', '?25l', 'text', ' ', 'é', '日本', '😀',
  '\uD83D', '\uDE00', '\uDB40', '\uDC41', '\u{E0041}', '\u200B', '\u200D', '\u202E', '\u2066', '\u2028', '\uFEFF', '\uFE0F',
)
const hostile = fc.oneof(
  fc.array(pieces, {maxLength: 30}).map(parts => parts.join('')),
  fc.string({unit: 'binary'}),
)
const anyOptions = fc.record({multiline: fc.boolean(), maxLength: fc.integer({min: 0, max: 60})})
const runs = {numRuns: 3000}

describe('sanitise, for any text', () => {
  it('leaves no character that a terminal obeys or that cannot be seen', () => {
    fc.assert(
      fc.property(hostile, fc.boolean(), (text, multiline) => {
        const bad = Array.from(sanitise(text, {multiline})).filter(character => isForbidden(character, multiline))
        expect(bad).toEqual([])
      }),
      runs,
    )
  })

  it('changes nothing the second time', () => {
    fc.assert(
      fc.property(hostile, anyOptions, (text, options) => {
        const once = sanitise(text, options)
        expect(sanitise(once, options)).toBe(once)
      }),
      runs,
    )
  })

  it('is never longer than allowed', () => {
    fc.assert(
      fc.property(hostile, anyOptions, (text, options) => {
        expect(sanitise(text, options).length).toBeLessThanOrEqual(options.maxLength)
      }),
      runs,
    )
  })

  it('keeps text that was harmless', () => {
    const harmless = fc.string({unit: 'grapheme'}).filter(text => !Array.from(text).some(one => isForbidden(one, true)))
    fc.assert(
      fc.property(harmless, text => {
        expect(sanitise(text, {multiline: true})).toBe(text)
      }),
      runs,
    )
  })
})

describe('sanitise removes', () => {
  it.for([
    ['colours', '\u001B[31mred\u001B[0m', 'red'],
    ['cursor moves', 'a\u001B[2A\u001B[1;1Hb', 'ab'],
    ['private modes', '\u001B[?1049h\u001B[?25lx', 'x'],
    ['intermediate bytes', '\u001B[0 qx\u001B[!px', 'xx'],
    ['titles', '\u001B]0;title\u0007x', 'x'],
    ['links (OSC 8)', '\u001B]8;;http://evil\u001B\\here\u001B]8;;\u001B\\', 'here'],
    ['the clipboard (OSC 52)', 'a\u001B]52;c;ZXZpbA==\u0007b', 'ab'],
    ['DCS', 'a\u001BP1;2|payload\u001B\\b', 'ab'],
    ['SOS, PM, APC', '\u001BXone\u001B\\\u001B^two\u001B\\\u001B_three\u001B\\x', 'x'],
    ['the 8-bit forms', '\u009B31mred\u009D0;title\u009Cx\u0090dcs\u009C\u009Fapc\u009Cy', 'redxy'],
    ['other escapes', '\u001Bc\u001B7\u001B(B\u001B#8x', 'x'],
    ['a sequence without end', 'x\u001B]52;c;ZXZpbA==', 'x'],
    ['a CSI without end', 'x\u001B[31;', 'x'],
    ['a lone escape', 'x\u001B', 'x'],
    ['a string that the next escape cuts off', 'a\u001B]0;payload\u001B[31mb', 'ab'],
    ['a string up to the line end only', 'a\u001B]0;payload\nb', 'a b'],
    ['carriage returns that rewrite the line', 'failed\rok', 'failedok'],
    ['backspaces', 'evil\b\b\b\bgood', 'evilgood'],
    ['NUL and DEL', 'a\u0000b\u007Fc', 'abc'],
    ['bidirectional overrides and isolates', 'a\u202Eb\u2066c\u2069d\u061Ce', 'abcde'],
    ['zero-width characters', 'al\u200Bu\u200D\uFEFF\u2060', 'alu'],
    ['fillers that look like nothing', 'a\u3164\u115F\u00AD\u034Fb', 'ab'],
    ['tags', 'a\u{E0041}\u{E007F}b', 'ab'],
    ['variation selectors', 'a\uFE0F\u{E0100}b', 'ab'],
    ['line and paragraph separators', 'a\u2028b\u2029c', 'abc'],
    ['lone surrogates', 'a\uD800b\uDC00c', 'abc'],
    ['halves that join when what stood between is gone', 'a\uDB40\u001B[m\uDC41b', 'ab'],
  ])('%s', ([, text = '', safe]) => {
    expect(sanitise(text)).toBe(safe)
  })
})

describe('sanitise keeps', () => {
  it.for([
    ['letters of any script', 'é日本語עברית', 'é日本語עברית'],
    ['pairs of surrogates', '😀', '😀'],
    ['words in brackets', '[31m]', '[31m]'],
  ])('%s', ([, text = '', safe]) => {
    expect(sanitise(text)).toBe(safe)
  })

  it('line ends and tabs where lines are wanted', () => {
    expect(sanitise('a\tb\r\nc\nd', {multiline: true})).toBe('a\tb\nc\nd')
    expect(sanitise('a\tb\r\nc\nd')).toBe('a b c d')
  })
})

describe('sanitise cuts', () => {
  it.for([
    [5, 'abcde', 'abcde'],
    [5, 'abcdef', 'abcd…'],
    [1, 'ab', '…'],
    [0, 'ab', ''],
    [3, 'a😀😀', 'a…'],
  ] as const)('at %d: %j', ([maxLength, text, cut]) => {
    expect(sanitise(text, {maxLength})).toBe(cut)
  })

  it('at 4,096 when not told', () => {
    expect(sanitise('x'.repeat(5000))).toHaveLength(4096)
  })
})

describe('sanitise takes linear time', () => {
  const hostileUnits = {
    ESC: '\u001B',
    'ESC ]': '\u001B]',
    'ESC [': '\u001B[',
    'ESC [ 0': '\u001B[0',
    'ESC ] x': '\u001B]x',
    'ESC P': '\u001BP',
    'OSC in 8 bits': '\u009D',
    'CSI in 8 bits': '\u009B',
    CR: '\r',
    'CR LF': '\r\n',
    'a lone surrogate': '\uD800',
    'a tag': '\u{E0041}',
    'a zero-width space': '\u200B',
  }
  const openings = ['', '\u001B[', '\u001B]', '\u009D', '\u001B]8;;']
  const endings = ['', '\u001Bx', '\u001B', '\n', '\u0007']

  it.for(Object.entries(hostileUnits))('on a megabyte of %s', ([, unit]) => {
    for (const opening of openings) {
      for (const ending of endings) {
        const text = opening + unit.repeat(Math.ceil(1_048_576 / unit.length)) + ending
        const started = performance.now()
        sanitise(text)
        // Quadratic time would be minutes.
        expect(performance.now() - started).toBeLessThan(1000)
      }
    }
  })

  it('on a megabyte of parameters', () => {
    const started = performance.now()
    expect(sanitise(`\u001B[${'0'.repeat(1_048_576)}`)).toBe('')
    expect(sanitise(`\u001B[${'0;'.repeat(524_288)} ${'!'.repeat(1_048_576)}`)).toBe('')
    expect(performance.now() - started).toBeLessThan(1000)
  })
})

describe('escapeJson', () => {
  it('changes no value', () => {
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), hostile), value => {
        expect(JSON.parse(escapeJson(JSON.stringify(value)))).toEqual(JSON.parse(JSON.stringify(value)))
      }),
      runs,
    )
  })

  it('leaves nothing for a terminal to obey', () => {
    fc.assert(
      fc.property(hostile, text => {
        const json = escapeJson(JSON.stringify({[text]: text}))
        expect(Array.from(json).filter(character => isForbidden(character, false))).toEqual([])
      }),
      runs,
    )
  })

  it('leaves indentation and readable text alone', () => {
    const json = JSON.stringify({name: 'é😀', list: [1]}, undefined, 2)
    expect(escapeJson(json)).toBe(json)
  })

  it('writes both halves of a character beyond 16 bits', () => {
    expect(escapeJson('"\u{E0041}\u009B"')).toBe(String.raw`"\udb40\udc41\u009b"`)
  })
})
