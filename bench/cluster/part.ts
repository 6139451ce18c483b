import type {Findings} from './figures.ts'
import type {Product} from './product.ts'

/** What every part is given. */
export interface Bench {
  product: Product
  /** An empty folder, removed at the end. */
  scratch: string
  /** Whether unmodified BioMAJ is on this machine. */
  compare: boolean
  /** Progress, for whoever waits. */
  say: (text: string) => void
}

export interface Part {
  summary: string
  run: (bench: Bench) => Promise<Findings>
}
