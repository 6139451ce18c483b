import {existsSync, readFileSync} from 'node:fs'
import os from 'node:os'

/** The machine that figures were taken on. */
export interface Machine {
  cpu: string
  cores: number
  system: string
  node: string
}

export function thisMachine(): Machine {
  const [cpu] = os.cpus()
  return {
    cpu: cpu?.model.trim() ?? 'unknown',
    cores: os.availableParallelism(),
    system: systemName(),
    node: process.version,
  }
}

function systemName(): string {
  const release = '/etc/os-release'
  const named = existsSync(release) ? /^PRETTY_NAME="(.+)"$/m.exec(readFileSync(release, 'utf8'))?.[1] : undefined
  return named ?? `${os.type()} ${os.release()}`
}
