import {setTimeout as pause} from 'node:timers/promises'

/** Waits for a condition, looking again after some milliseconds. Rejects with `what` when it does not come. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  {everyMs = 10, deadlineMs = 30_000}: {everyMs?: number; deadlineMs?: number} = {},
): Promise<void> {
  const end = performance.now() + deadlineMs
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`Waited ${deadlineMs} ms in vain: ${what}`)
    await pause(everyMs)
  }
}
