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
  const sum = {rssMb: 0, pssMb: 0}
  for (const pid of treeOf(pids)) {
    const rollup = read(`/proc/${pid}/smaps_rollup`)
    sum.rssMb += kilobytes(rollup, 'Rss') / kilobytesPerMegabyte
    sum.pssMb += kilobytes(rollup, 'Pss') / kilobytesPerMegabyte
  }
  return sum
}

/** Looks at the memory of processes again and again; `stop` gives the greatest that was seen. */
export function watchMemory(pids: readonly number[], {everyMs = 50}: {everyMs?: number} = {}): {stop: () => Memory} {
  const peak = {rssMb: 0, pssMb: 0}
  const look = () => {
    const {rssMb, pssMb} = memoryOf(pids)
    peak.rssMb = Math.max(peak.rssMb, rssMb)
    peak.pssMb = Math.max(peak.pssMb, pssMb)
  }
  look()
  const timer = setInterval(look, everyMs)
  return {
    stop: () => {
      clearInterval(timer)
      look()
      return peak
    },
  }
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

function kilobytes(rollup: string, name: 'Rss' | 'Pss'): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(rollup)?.[1] ?? 0)
}
