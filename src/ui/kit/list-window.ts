import type {ActionId} from '../keys/actions.js'
import type {ListState} from '../state/ui-state.js'

/** Index of the selected row: where its identity is now, else where it was last. -1 for an empty list. */
export function selectedIndex(
  ids: readonly string[],
  {selected, index}: Pick<ListState, 'selected' | 'index'>,
): number {
  // Most often it stands where it stood.
  if (selected !== undefined && ids[index] === selected) return index
  const found = selected === undefined ? -1 : ids.indexOf(selected)
  return found === -1 ? Math.min(Math.max(index, 0), ids.length - 1) : found
}

export type Move = Extract<ActionId, 'up' | 'down' | 'pageUp' | 'pageDown' | 'top' | 'bottom'>

export function moved(move: Move, {index, total, height}: {index: number; total: number; height: number}): number {
  const page = Math.max(1, height - 1)
  const steps: Record<Move, number> = {
    up: index - 1,
    down: index + 1,
    pageUp: index - page,
    pageDown: index + page,
    top: 0,
    bottom: total - 1,
  }
  return Math.max(0, Math.min(total - 1, steps[move]))
}

/** First row on screen: it moves no further than it must to show the selected one. */
export function windowStart(
  before: number,
  {index, total, height}: {index: number; total: number; height: number},
): number {
  const lowest = Math.max(0, total - height)
  const start = index < before ? index : Math.max(before, index - height + 1)
  return Math.max(0, Math.min(start, lowest))
}
