import path from 'node:path'
import type {Environment} from './environment.js'

export interface Paths {
  /** The known clusters: `contexts.json`. Holds no secret. */
  config: string
  /** What must outlive an upgrade: keys that the user chose to keep in a file. */
  data: string
  /** What nobody misses when it is gone: logs. */
  state: string
}

export interface PathsInput {
  env: Environment
  /** The home directory, as `os.homedir()` gives it. */
  home: string
  platform: NodeJS.Platform
}

/** Our directories: XDG base directories on Linux and macOS, AppData on Windows. Nothing is created. */
export function resolvePaths({env, home, platform}: PathsInput): Paths {
  if (platform === 'win32') {
    const roaming = absolute(env['APPDATA'], path.win32) ?? path.win32.join(home, 'AppData', 'Roaming')
    const local = absolute(env['LOCALAPPDATA'], path.win32) ?? path.win32.join(home, 'AppData', 'Local')
    return {
      config: path.win32.join(roaming, 'biomaj', 'config'),
      // Keys stay on this machine: a roaming profile is copied to servers.
      data: path.win32.join(local, 'biomaj', 'data'),
      state: path.win32.join(local, 'biomaj', 'state'),
    }
  }
  const directory = (variable: string, ...fallback: string[]) =>
    path.posix.join(absolute(env[variable], path.posix) ?? path.posix.join(home, ...fallback), 'biomaj')
  return {
    config: directory('XDG_CONFIG_HOME', '.config'),
    data: directory('XDG_DATA_HOME', '.local', 'share'),
    state: directory('XDG_STATE_HOME', '.local', 'state'),
  }
}

// The XDG specification has relative and empty values ignored.
function absolute(value: string | undefined, rules: path.PlatformPath): string | undefined {
  return value !== undefined && rules.isAbsolute(value) ? value : undefined
}
