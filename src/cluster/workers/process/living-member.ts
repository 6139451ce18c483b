import {readdir, readFile} from 'node:fs/promises'

/** A process, told from a later one of the same id by when it began. */
export interface ProcessFacts {
  pid: number
  parent: number
  group: number
  state: string
  /** In ticks since the machine has started. */
  started: string
}

/**
 * Whether a process group has a member that runs. The system counts the dead ones too until somebody has asked for their
 * exit codes, and in a container often nobody does. True where the system does not tell.
 */
export async function hasLivingMember(group: number): Promise<boolean> {
  const processes = await allProcesses()
  return processes === undefined || processes.some(process => process.group === group && isLiving(process))
}

/**
 * Processes that a group has started, and that have left it for a group of their own, as `setsid` does. Those whose
 * parents have ended cannot be told from others. Empty where the system does not tell.
 */
export async function strayChildren(group: number): Promise<ProcessFacts[]> {
  const processes = (await allProcesses()) ?? []
  const family = new Set(processes.filter(process => process.group === group).map(({pid}) => pid))
  const children = Map.groupBy(processes, ({parent}) => parent)
  const strays: ProcessFacts[] = []
  // The set grows while it is gone through.
  for (const pid of family) {
    for (const child of children.get(pid) ?? []) {
      if (family.has(child.pid)) continue
      family.add(child.pid)
      if (isLiving(child)) strays.push(child)
    }
  }
  return strays
}

/** Sends a signal to a process, unless that has ended. */
export async function signalProcess({pid, started}: ProcessFacts, signal: NodeJS.Signals): Promise<void> {
  if ((await factsOf(String(pid)))?.started !== started) return
  try {
    process.kill(pid, signal)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && (error.code === 'ESRCH' || error.code === 'EPERM'))) throw error
  }
}

function isLiving({state}: ProcessFacts): boolean {
  return state !== 'Z' && state !== 'X'
}

/** Undefined where the system does not tell. */
async function allProcesses(): Promise<ProcessFacts[] | undefined> {
  let names: string[]
  try {
    names = await readdir('/proc')
  } catch {
    // Not Linux.
    return undefined
  }
  const pids = names.filter(name => /^\d+$/.test(name))
  if (pids.length === 0) return undefined
  const processes = await Promise.all(pids.map(factsOf))
  return processes.filter(process => process !== undefined)
}

/** Undefined for a process that has ended meanwhile. */
async function factsOf(pid: string): Promise<ProcessFacts | undefined> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'latin1')
    // The name in the second field may hold spaces and brackets; what follows its last bracket is state, parent, group.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const [state = '', parent, group] = fields
    return {pid: Number(pid), parent: Number(parent), group: Number(group), state, started: fields[19] ?? ''}
  } catch {
    // It ended between the two looks.
    return undefined
  }
}
