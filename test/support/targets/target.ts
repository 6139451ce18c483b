import type {TestCluster} from '../embedded-cluster/index.js'

/** A cluster that a client suite runs against, with the plugs that both kinds of cluster have. */
export interface TargetCluster extends TestCluster {
  /** From now on nothing of what is asked for is begun. */
  hold(): Promise<void>
  release(): Promise<void>
  /** All that the cluster was asked for and still knows. Between `hold` and `release`, what comes adds to it. */
  requested(): Promise<string>
  /** Ends the services that answer and starts them again, with something done in between. */
  whileDown(act: () => Promise<void>): Promise<void>
}

export interface TargetOptions {
  admin?: string
}

export interface Target {
  /** `biomaj` is unmodified BioMAJ. Where the embedded cluster means to differ, tests ask for this and say how. */
  kind: 'biomaj' | 'embedded'
  start: (options?: TargetOptions) => Promise<TargetCluster>
}
