import type {Observation} from './observation.ts'

/** Where we mean to differ from BioMAJ. Anything else that differs is a defect. */
export interface Deviation {
  name: string
  /** The heading of `docs/compatibility.md` under which users read of it. */
  heading: string
  /** Shows in all scenarios; others name it. */
  everywhere?: true
  /** What we are expected to show where BioMAJ shows this. */
  expected(real: Observation): Observation
}

export const deviations: readonly Deviation[] = []
