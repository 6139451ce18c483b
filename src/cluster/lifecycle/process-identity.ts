import {readFileSync} from 'node:fs'

/** A process that cannot be confused with a later one of the same id. */
export interface ProcessIdentity {
  pid: number
  /** What the system says of its start; null where it does not tell (outside of Linux), and then the id must do. */
  started: string | null
}

export function identityOf(pid: number): ProcessIdentity {
  return {pid, started: startOf(pid)}
}

/** Whether that very process still runs. One that has ended and waits for its parent does not count. */
export function isRunning({pid, started}: ProcessIdentity): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    // It exists but belongs to somebody else.
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false
  }
  if (started === null) return true
  return startOf(pid) === started
}

/** Ticks since boot, with the boot's own id: ids of processes and ticks begin anew with each boot. */
function startOf(pid: number): string | null {
  if (process.platform !== 'linux') return null
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // The name in the second field may hold spaces and brackets; fields are counted from its end.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    if (fields[0] === 'Z' || fields[0] === 'X') return null
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()
    return `${boot}:${fields[19]}`
  } catch {
    // It has ended, or there is no /proc: either way nothing is known.
    return null
  }
}
