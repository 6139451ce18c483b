import {afterEach, beforeAll, describe, expect, it} from 'vitest'
import {type InstalledPackage, installedPackage} from '../support/package/index.js'
import {spawnInTerminal, type TerminalSession} from '../support/pty/index.js'
import {adaPassword, clusterWithUsers} from './account-support.js'

let installed: InstalledPackage
let session: TerminalSession | undefined
beforeAll(async () => {
  installed = await installedPackage()
}, 60_000)
afterEach(async () => session?.stop())

/** A shell that logs in and then tells the exit status and whether the terminal echoes what is typed. */
async function shellThatLogsIn(url: string, home: string): Promise<TerminalSession> {
  const script = `"${installed.command}" login ${url} --insecure-storage; echo "exit $?"; stty -a | grep -o '.echo '`
  session = spawnInTerminal({command: 'bash', args: ['-c', script], env: {HOME: home, BIOMAJ_PROXY: undefined}})
  await session.waitForText('User:')
  session.type('ada')
  session.press('enter')
  await session.waitForText('Password:')
  return session
}

describe('login at a real terminal', () => {
  it('shows nothing of the password, not even while it is typed', async () => {
    const cluster = await clusterWithUsers()
    const terminal = await shellThatLogsIn(cluster.url, await installed.newHome())
    terminal.type(adaPassword)
    terminal.press('enter')
    const screen = await terminal.waitForText('exit 0')
    expect(screen.join('\n')).toContain('✓ Logged in as ada <ada@example.org>')
    expect(screen.slice(1, 3).map(line => line.trimEnd())).toEqual(['User: ada', 'Password:'])
    await terminal.waitForExit()
    expect(terminal.raw.includes(adaPassword)).toBe(false)
  })

  it('ends at once on Ctrl-C in the middle of the password, with the terminal as it was', async () => {
    const cluster = await clusterWithUsers()
    const terminal = await shellThatLogsIn(cluster.url, await installed.newHome())
    terminal.type(adaPassword)
    terminal.press('ctrl+c')
    await terminal.waitForText('exit 130')
    await terminal.waitForExit()
    expect(terminal.screen().map(line => line.trim())).toContain('echo')
    expect(terminal.screen().join('\n')).not.toContain('Logged in')
    expect(terminal.raw.includes(adaPassword)).toBe(false)
    expect(cluster.requests.filter(({method}) => method === 'POST')).toEqual([])
  })

  it('ends with 143 on SIGTERM, with the terminal as it was', async () => {
    const cluster = await clusterWithUsers()
    const home = await installed.newHome()
    session = await installed.terminal(['login', cluster.url, '--insecure-storage'], {home})
    await session.waitForText('User:')
    session.signal('SIGTERM')
    expect((await session.waitForExit()).code).toBe(143)
    expect(session.screen().join('\n')).toContain('Terminated')
  })

  it('asks again after a wrong password', async () => {
    const cluster = await clusterWithUsers()
    const terminal = await shellThatLogsIn(cluster.url, await installed.newHome())
    terminal.type('wrong')
    terminal.press('enter')
    await terminal.waitForText('User [ada]:')
    terminal.press('enter')
    await terminal.waitForScreen(screen => screen.filter(line => line.startsWith('Password:')).length === 2)
    terminal.type(adaPassword)
    terminal.press('enter')
    expect((await terminal.waitForText('exit 0')).join('\n')).toContain('✗ Wrong user or password; try again.')
  })
})
