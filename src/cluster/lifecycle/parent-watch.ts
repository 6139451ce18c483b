/** Watches until it is stopped, or until the parent is gone. */
export interface ParentWatch {
  stop(): void
}

export interface ParentWatchOptions {
  /** Called before the signal. */
  onGone?: (() => void) | undefined
  intervalMs?: number | undefined
  parentOf?: (() => number) | undefined
  /** Ends this process in good order. */
  end?: (() => void) | undefined
}

/**
 * Ends this process as SIGTERM does when the one that started it is gone. The parent is watched by its id: a process
 * whose parent ends is given to another one, however the end came about. Input is left alone, so that a cluster can be
 * started with `</dev/null` and in the background.
 */
export function endWithParent({
  onGone = () => undefined,
  intervalMs = 250,
  parentOf = () => process.ppid,
  end = () => process.kill(process.pid, 'SIGTERM'),
}: ParentWatchOptions = {}): ParentWatch {
  const parent = parentOf()
  const timer = setInterval(() => {
    if (parentOf() === parent) return
    clearInterval(timer)
    onGone()
    end()
  }, intervalMs)
  timer.unref()
  return {stop: () => clearInterval(timer)}
}
