import {type ActionId, actionIds, actions} from './actions.js'

/** What a key would do now; with `off` it only says why not. */
export interface Offer {
  run: () => void
  off?: string | undefined
}

export type Offers = Partial<Record<ActionId, Offer | (() => void)>>

/** Somebody who takes keys: the screen, a list in it, a modal over it. */
export interface KeyLayer {
  offers: Offers
  /** Takes keys before the table does, for typing. Returns whether the key was taken. */
  take?: ((key: string) => boolean) | undefined
  /** Hides what lies below from all keys. */
  modal?: boolean | undefined
}

/** An action that is offered now. */
export interface Offered {
  id: ActionId
  off: string | undefined
}

/**
 * Gives each key to the uppermost layer that has something to do with it. What the layers offer is what footer, help and
 * palette show. An external store for React.
 */
export class KeyRouter {
  #layers: readonly KeyLayer[] = []
  #offered: readonly Offered[] = []
  readonly #listeners = new Set<() => void>()
  readonly #onRefused: (reason: string) => void

  constructor({onRefused}: {onRefused: (reason: string) => void}) {
    this.#onRefused = onRefused
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Changes only when what is offered changes. */
  readonly getSnapshot = (): readonly Offered[] => this.#offered

  add(layer: KeyLayer): () => void {
    this.#layers = [...this.#layers, layer]
    this.changed()
    return () => {
      this.#layers = this.#layers.filter(other => other !== layer)
      this.changed()
    }
  }

  /** To be called when a layer's offers are others. */
  changed(): void {
    const offered = actionIds.flatMap((id): Offered[] => {
      const offer = this.#offerOf(id)
      return offer === undefined ? [] : [{id, off: offer.off}]
    })
    if (signature(offered) === signature(this.#offered)) return
    this.#offered = offered
    for (const listener of this.#listeners) listener()
  }

  press(key: string): void {
    for (const layer of this.#visible()) {
      if (layer.take?.(key) === true) return
      const id = actionIds.find(action => layer.offers[action] !== undefined && keysFor(action).includes(key))
      if (id !== undefined) return this.perform(id)
    }
  }

  /** Does what is offered under the name; says why when it is off. */
  perform(id: ActionId): void {
    const offer = this.#offerOf(id)
    if (offer === undefined) return
    if (offer.off === undefined) offer.run()
    else this.#onRefused(offer.off)
  }

  #offerOf(id: ActionId): Offer | undefined {
    for (const {offers} of this.#visible()) {
      const offer = offers[id]
      if (offer !== undefined) return typeof offer === 'function' ? {run: offer} : offer
    }
    return undefined
  }

  /** From the uppermost down to the first modal one. */
  #visible(): readonly KeyLayer[] {
    const top = this.#layers.toReversed()
    const modal = top.findIndex(layer => layer.modal === true)
    return modal === -1 ? top : top.slice(0, modal + 1)
  }
}

function keysFor(id: ActionId): readonly string[] {
  return actions[id].keys
}

function signature(offered: readonly Offered[]): string {
  return offered.map(({id, off}) => `${id}:${off ?? ''}`).join('|')
}
