import {PassThrough} from 'node:stream'
import {render, useInput, usePaste} from 'ink'
import {createElement} from 'react'
import {afterEach, describe, expect, it} from 'vitest'
import {keyLabel} from '../../../src/ui/keys/actions.js'
import {edited, keysOf} from '../../../src/ui/keys/key.js'
import {until} from '../../support/until.js'

const ends: Array<() => void> = []
afterEach(() => {
  for (const end of ends.splice(0)) end()
})

/** Reads as the dashboard does, from bytes that a terminal sends. */
function listen(): {send: (bytes: string) => void; keys: string[]; pastes: string[]} {
  const stdin = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode: () => stdin,
    ref: () => stdin,
    unref: () => stdin,
  })
  const stdout = Object.assign(new PassThrough(), {isTTY: true, columns: 80, rows: 24})
  const keys: string[] = []
  const pastes: string[] = []
  function Listener() {
    useInput((input, key) => void keys.push(...keysOf(input, key)))
    usePaste(text => void pastes.push(text))
    return null
  }
  const {unmount} = render(createElement(Listener), {
    stdin: stdin as unknown as NodeJS.ReadStream,
    stdout: stdout as unknown as NodeJS.WriteStream,
    exitOnCtrlC: false,
    interactive: true,
  })
  ends.push(unmount)
  return {send: bytes => void stdin.write(bytes), keys, pastes}
}

describe('keys of a terminal', () => {
  it.each([
    ['a', ['a']],
    ['G', ['G']],
    ['jjj', ['j', 'j', 'j']],
    [' ', ['space']],
    ['a b', ['a', 'space', 'b']],
    ['\r', ['enter']],
    ['x\r', ['x', 'enter']],
    ['\t', ['tab']],
    ['\u001B[Z', ['shift-tab']],
    ['\u007F\u007F', ['backspace', 'backspace']],
    ['\u001B[A\u001B[B\u001B[C\u001B[D', ['up', 'down', 'right', 'left']],
    ['\u001BOA', ['up']],
    ['\u001B[5~\u001B[6~', ['pgup', 'pgdn']],
    ['\u001B[H\u001B[F', ['home', 'end']],
    ['\u0004\u0006', ['ctrl-d', 'ctrl-f']],
    ['\u000B', ['ctrl-k']],
    ['\u0003', ['ctrl-c']],
    ['é漢', ['é', '漢']],
    ['\u001B', ['esc']],
  ])('reads %j as %j', async (bytes, expected) => {
    const {send, keys} = listen()
    send(bytes)
    await until('the keys came', () => keys.length >= expected.length)
    expect(keys).toEqual(expected)
  })

  it('takes no answer of the terminal for keys', async () => {
    const {send, keys} = listen()
    send('\u001B[?62;4c\u001B[I\u001B[24;80Rj')
    await until('the key came', () => keys.length > 0)
    expect(keys).toEqual(['j'])
  })

  it('takes a paste for text and not for keys', async () => {
    const {send, keys, pastes} = listen()
    send('\u001B[200~u\rq\u001B[201~j')
    await until('the key came', () => keys.length > 0)
    expect({keys, pastes}).toEqual({keys: ['j'], pastes: ['u\rq']})
  })
})

it.each([
  ['a', 'x漢a'],
  ['space', 'x漢 '],
  ['漢', 'x漢漢'],
  ['backspace', 'x'],
  ['ctrl-u', ''],
  ['enter', undefined],
  ['ctrl-a', undefined],
  ['up', undefined],
])('makes of a text with %s: %j', (key, text) => {
  expect(edited('x漢', key)).toBe(text)
})

it.each([
  ['ctrl-c', 'Ctrl-C'],
  ['up', '↑'],
  ['enter', '⏎'],
  ['pgdn', 'Pgdn'],
  ['?', '?'],
])('shows %s as %s', (key, label) => {
  expect(keyLabel(key)).toBe(label)
})
