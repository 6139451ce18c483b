/** Tells when the process that started this one is gone. */
export interface ParentWatch {
  gone: Promise<void>
  stop(): void
}

/**
 * Watches the parent by its id: a process whose parent ends is given to another one, however the end came about. Input
 * is left alone, so that a cluster can be started with `</dev/null` and in the background.
 */
export function watchParent({intervalMs = 250, parentOf = () => process.ppid} = {}): ParentWatch {
  const parent = parentOf()
  const {promise, resolve} = Promise.withResolvers<void>()
  const timer = setInterval(() => {
    if (parentOf() === parent) return
    clearInterval(timer)
    resolve()
  }, intervalMs)
  timer.unref()
  return {gone: promise, stop: () => clearInterval(timer)}
}
