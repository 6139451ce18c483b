import {describe, expect, it} from 'vitest'
import {resolvePaths} from '../../src/config/paths.js'

describe('directories', () => {
  it.each(['linux', 'darwin'] as const)('are the XDG defaults below the home directory on %s', platform => {
    expect(resolvePaths({env: {}, home: '/home/ada', platform})).toEqual({
      config: '/home/ada/.config/biomaj',
      data: '/home/ada/.local/share/biomaj',
      state: '/home/ada/.local/state/biomaj',
    })
  })

  it('follow the XDG variables', () => {
    const env = {XDG_CONFIG_HOME: '/c', XDG_DATA_HOME: '/d', XDG_STATE_HOME: '/s'}
    expect(resolvePaths({env, home: '/home/ada', platform: 'linux'})).toEqual({
      config: '/c/biomaj',
      data: '/d/biomaj',
      state: '/s/biomaj',
    })
  })

  it.each(['', 'relative/dir'])('ignore an XDG variable that is not absolute: %j', value => {
    expect(resolvePaths({env: {XDG_CONFIG_HOME: value}, home: '/h', platform: 'linux'}).config).toBe(
      '/h/.config/biomaj',
    )
  })

  it('are below AppData on Windows, with keys outside the roaming profile', () => {
    const env = {APPDATA: String.raw`C:\Users\ada\AppData\Roaming`, LOCALAPPDATA: String.raw`D:\Local`}
    expect(resolvePaths({env, home: String.raw`C:\Users\ada`, platform: 'win32'})).toEqual({
      config: String.raw`C:\Users\ada\AppData\Roaming\biomaj\config`,
      data: String.raw`D:\Local\biomaj\data`,
      state: String.raw`D:\Local\biomaj\state`,
    })
  })

  it('are found on Windows without its variables', () => {
    const {config, data} = resolvePaths({env: {}, home: String.raw`C:\Users\ada`, platform: 'win32'})
    expect([config, data]).toEqual([
      String.raw`C:\Users\ada\AppData\Roaming\biomaj\config`,
      String.raw`C:\Users\ada\AppData\Local\biomaj\data`,
    ])
  })
})
