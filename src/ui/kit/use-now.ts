import {useEffect, useReducer} from 'react'
import {useDashboard} from '../dashboard-context.js'

const secondMs = 1000

/**
 * The monotonic clock at this rendering. While it matters, as something is late or its duration is shown, there is one
 * every second.
 */
export function useNowMs(matters: boolean): number {
  const {host} = useDashboard()
  const [, renderAgain] = useReducer((ticks: number) => ticks + 1, 0)
  useEffect(() => {
    if (!matters) return undefined
    const ended = new AbortController()
    void tick()
    return () => ended.abort()

    async function tick(): Promise<void> {
      try {
        for (;;) {
          await host.clock.sleep(secondMs, ended.signal)
          renderAgain()
        }
      } catch (error) {
        if (!ended.signal.aborted) throw error
      }
    }
  }, [matters, host])
  return host.clock.nowMs()
}
