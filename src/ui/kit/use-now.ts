import {useEffect, useState} from 'react'
import {useDashboard} from '../dashboard-context.js'

const secondMs = 1000

/** The monotonic clock, renewed every second while it matters: when something is late, or its duration is shown. */
export function useNowMs(matters: boolean): number {
  const {host} = useDashboard()
  const [nowMs, setNowMs] = useState(() => host.clock.nowMs())
  useEffect(() => {
    if (!matters) return undefined
    const ended = new AbortController()
    void tick()
    return () => ended.abort()

    async function tick(): Promise<void> {
      try {
        for (;;) {
          await host.clock.sleep(secondMs, ended.signal)
          setNowMs(host.clock.nowMs())
        }
      } catch (error) {
        if (!ended.signal.aborted) throw error
      }
    }
  }, [matters, host])
  return matters ? nowMs : host.clock.nowMs()
}
