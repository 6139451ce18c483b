import {type ActionId, actionIds, actions, specOf} from './actions.js'

/** What a key would do now; with `off` it only says why not. */
export interface Offer {
  run: () => void
  off?: string | undefined
  /** Says more than the label of the table. */
  label?: string | undefined
}

export type Offers = Partial<Record<ActionId, Offer | (() => void)>>

/** Somebody who takes keys: the screen, a list in it, a modal over it. */
export interface KeyLayer {
  offers: Offers
  /** What belongs to the whole dashboard lies below all views, whichever was there first. */
  level?: 'frame' | 'view' | undefined
  /** Takes keys before the table does, for typing; also what is pasted. Returns whether the key was taken. */
  take?: ((key: string) => boolean) | undefined
  /** Hides what lies below from all keys. */
  modal?: boolean | undefined
}

/** An action that is offered now. */
export interface Offered {
  id: ActionId
  off: string | undefined
  label: string
}

/**
 * Gives each key to the uppermost layer that has something to do with it. What the layers offer is what footer, help and
 * palette show. An external store for React.
 */
export class KeyRouter {
  #layers: readonly KeyLayer[] = []
  #offered: readonly Offered[] = []
  #offeredBelow: readonly Offered[] = []
  readonly #listeners = new Set<() => void>()
  readonly #refusals = new Set<(reason: string) => void>()

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Changes only when what is offered changes. */
  readonly getSnapshot = (): readonly Offered[] => this.#offered

  /** What is offered apart from modals: what help and palette, which are modals, are about. */
  readonly getBelow = (): readonly Offered[] => this.#offeredBelow

  /** Hears why a key did nothing. */
  onRefused(listener: (reason: string) => void): () => void {
    this.#refusals.add(listener)
    return () => this.#refusals.delete(listener)
  }

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
    const offered = offeredBy(this.#visible())
    const below = offeredBy(this.#below())
    if (signature(offered) === signature(this.#offered) && signature(below) === signature(this.#offeredBelow)) return
    this.#offered = offered
    this.#offeredBelow = below
    for (const listener of this.#listeners) listener()
  }

  press(key: string): void {
    for (const layer of this.#visible()) {
      if (layer.take?.(key) === true || this.#pressOn(layer, key)) return
    }
    const id = actionIds.find(action => isOfViews(action) && keysFor(action).includes(key))
    if (id === undefined || this.#isModal()) return
    this.#refuse(`Not here: ${specOf(id).label}. ? shows the keys of this view`)
  }

  /** Takes a pasted character: text for whoever takes text, and never a key, so that no paste does anything. */
  type(key: string): void {
    this.#visible()
      .find(({take}) => take !== undefined)
      ?.take?.(key)
  }

  /** Does what is offered under the name apart from modals; says why when it is off. */
  performBelow(id: ActionId): void {
    const offer = offerOf(this.#below(), id)
    if (offer !== undefined) this.#perform(offer)
  }

  #pressOn({offers}: KeyLayer, key: string): boolean {
    const id = actionIds.find(action => offers[action] !== undefined && keysFor(action).includes(key))
    const offer = id === undefined ? undefined : offers[id]
    if (offer === undefined) return false
    this.#perform(asOffer(offer))
    return true
  }

  #perform({run, off}: Offer): void {
    if (off === undefined) return run()
    this.#refuse(off)
  }

  #refuse(reason: string): void {
    for (const listener of this.#refusals) listener(reason)
  }

  #isModal(): boolean {
    return this.#layers.some(({modal}) => modal === true)
  }

  /** From the uppermost down to the first modal one. */
  #visible(): readonly KeyLayer[] {
    const top = inOrder(this.#layers)
    const modal = top.findIndex(layer => layer.modal === true)
    return modal === -1 ? top : top.slice(0, modal + 1)
  }

  #below(): readonly KeyLayer[] {
    return inOrder(this.#layers.filter(({modal}) => modal !== true))
  }
}

/** The uppermost first: modals, then views, then the frame; of equals the later one. */
function inOrder(layers: readonly KeyLayer[]): readonly KeyLayer[] {
  return layers.toReversed().toSorted((a, b) => heightOf(b) - heightOf(a))
}

function heightOf({modal, level}: KeyLayer): number {
  if (modal === true) return 2
  return level === 'frame' ? 0 : 1
}

function asOffer(offer: Offer | (() => void)): Offer {
  return typeof offer === 'function' ? {run: offer} : offer
}

function offerOf(layers: readonly KeyLayer[], id: ActionId): Offer | undefined {
  for (const {offers} of layers) {
    const offer = offers[id]
    if (offer !== undefined) return asOffer(offer)
  }
  return undefined
}

function offeredBy(layers: readonly KeyLayer[]): readonly Offered[] {
  return actionIds.flatMap((id): Offered[] => {
    const offer = offerOf(layers, id)
    return offer === undefined ? [] : [{id, off: offer.off, label: offer.label ?? specOf(id).label}]
  })
}

/** What one view has and another has not; where there is nothing to move in, that is plain to see. */
function isOfViews(id: ActionId): boolean {
  const {group} = specOf(id)
  return group !== 'move' && group !== 'dialog'
}

function keysFor(id: ActionId): readonly string[] {
  return actions[id].keys
}

function signature(offered: readonly Offered[]): string {
  return offered.map(({id, off, label}) => `${id}:${label}:${off ?? ''}`).join('|')
}
