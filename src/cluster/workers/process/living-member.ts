import {readdir, readFile} from 'node:fs/promises'

/**
 * Whether a process group has a member that runs. The system counts the dead ones too until somebody has asked for their
 * exit codes, and in a container often nobody does. True where the system does not tell.
 */
export async function hasLivingMember(group: number): Promise<boolean> {
  let names: string[]
  try {
    names = await readdir('/proc')
  } catch {
    // Not Linux.
    return true
  }
  const pids = names.filter(name => /^\d+$/.test(name))
  if (pids.length === 0) return true
  const states = await Promise.all(pids.map(async pid => stateOf(pid, group)))
  return states.some(state => state !== undefined && state !== 'Z' && state !== 'X')
}

/** Undefined for a process that is not of the group, or has ended meanwhile. */
async function stateOf(pid: string, group: number): Promise<string | undefined> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'latin1')
    // The name in the second field may hold spaces and brackets; what follows its last bracket is state, parent, group.
    const [state, , pgrp] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return Number(pgrp) === group ? state : undefined
  } catch {
    // It ended between the two looks.
    return undefined
  }
}
