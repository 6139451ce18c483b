import type {Said} from './session.js'

/** Where the text may differ, and what it must be then. */
export interface TextDeviation {
  /** Heading of `docs/compatibility.md`. */
  heading: string
  calls: RegExp
  says: RegExp
}

export const textDeviations: readonly TextDeviation[] = []

/** The calls whose texts differ without a reason that is documented. */
export function differing(real: readonly Said[], ours: readonly Said[]): {call: string; BioMAJ: string; we: string}[] {
  return real.flatMap(({call, said}, index) => {
    const we = ours[index]?.said ?? '(nothing)'
    const deviates = textDeviations.some(({calls, says}) => calls.test(call) && says.test(we))
    return said === we || deviates ? [] : [{call, BioMAJ: said, we}]
  })
}
