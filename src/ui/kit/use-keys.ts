import {useLayoutEffect, useRef, useSyncExternalStore} from 'react'
import {useDashboard} from '../dashboard-context.js'
import type {KeyLayer, Offered} from '../keys/key-router.js'

/** Offers actions while the component is shown. Layers of later components lie above those of earlier ones. */
export function useKeys(layer: KeyLayer): void {
  const {router} = useDashboard()
  const own = useRef<KeyLayer>({...layer})
  useLayoutEffect(() => router.add(own.current), [router])
  useLayoutEffect(() => {
    Object.assign(own.current, {take: undefined, modal: undefined, level: undefined}, layer)
    router.changed()
  })
}

/** What can be done apart from the modals. */
export function useOfferedBelow(): readonly Offered[] {
  const {router} = useDashboard()
  return useSyncExternalStore(router.subscribe, router.getBelow)
}
