import {useLayoutEffect, useRef} from 'react'
import {useDashboard} from '../dashboard-context.js'
import type {KeyLayer} from '../keys/key-router.js'

/** Offers actions while the component is shown. Layers of later components lie above those of earlier ones. */
export function useKeys(layer: KeyLayer): void {
  const {router} = useDashboard()
  const own = useRef<KeyLayer>(layer)
  useLayoutEffect(() => router.add(own.current), [router])
  useLayoutEffect(() => {
    Object.assign(own.current, {take: undefined, modal: undefined}, layer)
    router.changed()
  })
}
