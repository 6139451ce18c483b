import {readFileSync, readdirSync} from 'node:fs'

export interface RunningProcess {
  pid: number
  command: string
}

/** Processes that have a text, such as a folder's path, in their command line or their environment. */
export function processesNaming(text: string): RunningProcess[] {
  const found: RunningProcess[] = []
  for (const name of readdirSync('/proc')) {
    const pid = Number(name)
    if (!Number.isInteger(pid) || pid === process.pid) continue
    const command = readProcess(pid, 'cmdline')
    if (command.includes(text) || readProcess(pid, 'environ').includes(text)) found.push({pid, command})
  }
  return found
}

function readProcess(pid: number, what: 'cmdline' | 'environ'): string {
  try {
    return readFileSync(`/proc/${pid}/${what}`, 'utf8').replaceAll('\0', ' ').trim()
  } catch {
    // It ended in between, or is somebody else's.
    return ''
  }
}
