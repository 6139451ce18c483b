import {readdirSync, readFileSync} from 'node:fs'

export interface Memory {
  /** Sum of what each process has in memory; pages that processes share count once for each. */
  rssMb: number
  /** The same, with shared pages divided among those who share them. */
  pssMb: number
}

const kilobytesPerMegabyte = 1024

/** Memory of processes and of all that they started. Of Linux only. */
export function memoryOf(pids: readonly number[]): Memory {
  const tree = [...treeOf(pids)]
  return {rssMb: rssMbOf(tree), pssMb: pssMbOf(tree)}
}

const ticksPerSecond = 100

/** Time that a process has had of the processors so far. Of Linux only. */
export function processorSeconds(pid: number): number {
  const stat = read(`/proc/${pid}/stat`)
  // The name in the second field may hold spaces and brackets; fields are counted from its end.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond
}

/** Shared pages and new processes are looked for once in so many looks: the kernel has to go through all pages for it. */
const rarely = 20

/** Looks at the memory of processes again and again; `stop` gives the greatest that was seen. */
export function watchMemory(pids: readonly number[], {everyMs = 50}: {everyMs?: number} = {}): {stop: () => Memory} {
  const peak = {rssMb: 0, pssMb: 0}
  let tree: number[] = []
  let looks = 0
  const look = () => {
    if (looks++ % rarely === 0) {
      tree = [...treeOf(pids)]
      peak.pssMb = Math.max(peak.pssMb, pssMbOf(tree))
    }
    peak.rssMb = Math.max(peak.rssMb, rssMbOf(tree))
  }
  look()
  const timer = setInterval(look, everyMs)
  return {
    stop: () => {
      clearInterval(timer)
      return peak
    },
  }
}

function rssMbOf(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + kilobytes(read(`/proc/${pid}/status`), 'VmRSS') / kilobytesPerMegabyte, 0)
}

function pssMbOf(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + kilobytes(read(`/proc/${pid}/smaps_rollup`), 'Pss') / kilobytesPerMegabyte, 0)
}

function treeOf(pids: readonly number[]): Set<number> {
  const tree = new Set<number>()
  const add = (pid: number) => {
    if (tree.has(pid)) return
    tree.add(pid)
    for (const thread of threadsOf(pid)) {
      for (const child of read(`/proc/${pid}/task/${thread}/children`).split(' ')) if (child !== '') add(Number(child))
    }
  }
  for (const pid of pids) add(pid)
  return tree
}

function threadsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`)
  } catch {
    // It has ended since.
    return []
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    // It has ended since.
    return ''
  }
}

function kilobytes(text: string, name: 'VmRSS' | 'Pss'): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1] ?? 0)
}
