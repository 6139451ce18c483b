import {afterEach, expect, it} from 'vitest'
import {spawnInTerminal} from '../pty/index.js'
import type {TerminalOptions, TerminalSession} from '../pty/index.js'

const sessions: TerminalSession[] = []

afterEach(async () => {
  await Promise.all(sessions.splice(0).map(async session => session.stop()))
})

function shell(script: string, options: Partial<TerminalOptions> = {}): TerminalSession {
  const session = spawnInTerminal({command: '/bin/sh', args: ['-c', script], ...options})
  sessions.push(session)
  return session
}

it('shows the screen, not the bytes', async () => {
  const session = shell(String.raw`printf 'one\ntwo'; printf '\033[1;1HOne\033[31m!\033[0m'`, {cols: 20, rows: 3})
  expect(await session.waitForExit()).toEqual({code: 0, signal: 0})
  expect(session.screen()).toEqual(['One!', 'two', ''])
  expect(session.raw.toString()).toContain('\u001B[31m!')
})

it('takes keys and text, and waits for what they cause', async () => {
  const session = shell('printf "name? "; read name; printf "hello $name\\n"; read -r _; exit 3')
  await session.waitForText('name?')
  session.type('ada')
  session.press('enter')
  await session.waitForText(/^hello ada$/m)
  session.press('enter')
  expect(await session.waitForExit()).toEqual({code: 3, signal: 0})
})

it('delivers Ctrl-C as a terminal does, and signals', async () => {
  const interrupted = shell('trap "echo caught; exit 130" INT; echo ready; while :; do read -r _; done')
  await interrupted.waitForText('ready')
  interrupted.press('ctrl+c')
  expect((await interrupted.waitForExit()).code).toBe(130)
  expect(interrupted.screen().join('\n')).toContain('caught')

  const killed = shell('echo ready; read -r _')
  await killed.waitForText('ready')
  killed.signal('SIGTERM')
  expect((await killed.waitForExit()).signal).toBe(15)
})

it('has the size that was asked for, and another one after a resize', async () => {
  const session = shell('trap "stty size" WINCH; stty size; while :; do read -r _; done', {cols: 61, rows: 17})
  await session.waitForText('17 61')
  session.resize(100, 30)
  await session.waitForText('30 100')
  expect(session.screen()).toHaveLength(30)
})

it('knows the alternate screen and the cursor', async () => {
  const session = shell(
    String.raw`printf '\033[?1049h\033[?25lfull'; read -r _; printf '\033[?25h\033[?1049l'; read -r _`,
  )
  await session.waitForText('full')
  expect([session.alternateScreen, session.cursor]).toEqual([true, {x: 4, y: 0, visible: false}])
  session.press('enter')
  await session.waitForScreen(screen => !screen.join('').includes('full'))
  expect([session.alternateScreen, session.cursor.visible]).toEqual([false, true])
})

it('is an ordinary terminal outside of CI, unless told otherwise', async () => {
  const session = shell('test -t 0 && test -t 1 && echo "tty CI=$CI TERM=$TERM X=$X"', {env: {X: '1', TERM: 'dumb'}})
  expect((await session.waitForText('tty'))[0]).toBe('tty CI= TERM=dumb X=1')
})

it('keeps what scrolled away', async () => {
  const session = shell('for i in 1 2 3 4 5; do echo line $i; done', {rows: 3})
  await session.waitForExit()
  expect(session.screen()).toEqual(['line 4', 'line 5', ''])
  expect(session.scrollback()).toHaveLength(6)
})

it('tells what was on the screen when the text does not come', async () => {
  const session = shell('echo something else')
  await expect(session.waitForText('never')).rejects.toThrow(/process ended with 0[\s\S]*\| something else/)
})
