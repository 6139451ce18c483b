import {Feed} from './data/feed.js'
import {Watched} from './data/watched.js'
import type {ClusterChoice, DashboardHost} from './host.js'

/** A cluster on screen, and what is known of it. */
export interface ShownCluster {
  /** Another one each time that a cluster is chosen. */
  showing: number
  cluster: ClusterChoice
  feed: Feed
  watched: Watched
}

/** Which cluster is shown. Another one gets a feed of its own; that of the one before ends. An external store for React. */
export class Switchboard {
  readonly #host: Pick<DashboardHost, 'clock' | 'intervalMs' | 'cluster' | 'contexts'>
  readonly #listeners = new Set<() => void>()
  #shown: ShownCluster

  constructor(host: Pick<DashboardHost, 'clock' | 'intervalMs' | 'cluster' | 'contexts'>) {
    this.#host = host
    this.#shown = this.#connected(1, host.cluster, host.intervalMs)
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  readonly getSnapshot = (): ShownCluster => this.#shown

  /**
   * Shows the cluster of a context, at the present pace.
   *
   * @throws {BiomajError} when the context cannot be used; then all stays as it was
   */
  show(context: string): void {
    const cluster = this.#host.contexts.open(context)
    const {showing, feed} = this.#shown
    this.#shown = this.#connected(showing + 1, cluster, feed.getSnapshot().intervalMs)
    feed.dispose()
    for (const listener of this.#listeners) listener()
  }

  dispose(): void {
    this.#shown.feed.dispose()
  }

  #connected(showing: number, cluster: ClusterChoice, intervalMs: number): ShownCluster {
    const feed = new Feed({connect: cluster.connect, clock: this.#host.clock, intervalMs})
    return {showing, cluster, feed, watched: new Watched(feed, this.#host.clock)}
  }
}
