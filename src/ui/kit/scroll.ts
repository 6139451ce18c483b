/** Where a page that is longer than the screen stands, and which of its lines is selected. */
export interface ScrollPlace {
  /** First row on screen. */
  offset: number
  /** Index among the lines that can be selected; -1 for none. */
  index: number
}

export interface ScrollRoom {
  /** Rows of the page, and of the screen. */
  total: number
  height: number
  /** Rows of the lines that can be selected, in their order. */
  rows: readonly number[]
}

export function clampedOffset(offset: number, {total, height}: ScrollRoom): number {
  return Math.max(0, Math.min(offset, total - height))
}

/**
 * Down and up move the selection while it is on screen and there is a next line, else they scroll: so the end of a page
 * can be reached that has nothing to select.
 */
export function scrolled(
  move: 'up' | 'down' | 'pageUp' | 'pageDown' | 'top' | 'bottom',
  {offset, index}: ScrollPlace,
  room: ScrollRoom,
): ScrollPlace {
  const {height, total, rows} = room
  const to = (next: number) => ({offset: clampedOffset(next, room), index})
  if (move === 'top') return {offset: 0, index: rows.length > 0 ? 0 : index}
  if (move === 'bottom') return to(total)
  if (move === 'pageUp') return to(offset - height + 1)
  if (move === 'pageDown') return to(offset + height - 1)
  const step = move === 'down' ? 1 : -1
  const at = rows[index]
  const next = rows[index + step]
  const isBefore = at !== undefined && at < offset
  const isAfter = at !== undefined && at >= offset + height
  const mustScroll = next === undefined || (move === 'down' ? isAfter : isBefore)
  if (mustScroll) return to(offset + step)
  const shown = next < offset ? next : Math.max(offset, next - height + 1)
  return {offset: clampedOffset(shown, room), index: index + step}
}
