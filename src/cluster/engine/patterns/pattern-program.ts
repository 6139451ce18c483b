import {type CharacterSet, characterSet, wordSet} from './character-set.js'
import type {PatternNode, PatternTree} from './pattern-tree.js'

/** What a machine does at one place of a program. */
export type Instruction =
  | {op: 'character'; code: number}
  | {op: 'set'; set: CharacterSet}
  /** As many characters as there are; then fewer (greedy), or the fewest and then more (lazy). */
  | {
      op: 'run'
      code: number
      set: CharacterSet | null
      min: number
      max: number
      mode: 'greedy' | 'lazy' | 'possessive'
    }
  | {op: 'text start' | 'line start' | 'end' | 'line end' | 'text end'}
  | {op: 'word edge'; word: CharacterSet; wanted: boolean}
  | {op: 'mark'; slot: number}
  | {op: 'jump'; to: number}
  /** Goes to the first, and if that leads nowhere to the second. */
  | {op: 'either'; first: number; second: number}
  | {op: 'enter loop'; slot: number}
  | {op: 'loop'; slot: number; min: number; max: number; lazy: boolean; exit: number}
  /** What begins at the next instruction, up to its `return`, decided once and for all. */
  | {op: 'atomic'; exit: number}
  | {op: 'look'; back: number; negated: boolean; exit: number}
  | {op: 'reference'; group: number; lower: 'none' | 'ascii' | 'all'}
  | {op: 'condition'; group: number; no: number}
  | {op: 'return'}
  | {op: 'match'}

export interface PatternProgram {
  instructions: readonly Instruction[]
  /** Two for each group (begin, end), then two for each loop (count, last begin). */
  slots: number
  groups: number
  /** A match can only begin with this character; null when anything may come first. */
  firstCode: number | null
  /** A match can only begin where the text begins. */
  anchored: boolean
}

const endless = 4_294_967_295

export function compileTree(tree: PatternTree): PatternProgram {
  return new Compiler(tree.groups).compile(tree.node)
}

class Compiler {
  readonly #groups: number
  readonly #instructions: Instruction[] = []
  #slots: number

  constructor(groups: number) {
    this.#groups = groups
    this.#slots = groups * 2
  }

  compile(node: PatternNode): PatternProgram {
    this.#emit(node)
    this.#add({op: 'match'})
    const first = this.#instructions.find(({op}) => op !== 'mark')
    return {
      instructions: this.#instructions,
      slots: this.#slots,
      groups: this.#groups,
      firstCode: first?.op === 'character' ? first.code : null,
      anchored: first?.op === 'text start',
    }
  }

  #add(instruction: Instruction): number {
    return this.#instructions.push(instruction) - 1
  }

  get #here(): number {
    return this.#instructions.length
  }

  #emit(node: PatternNode): void {
    switch (node.kind) {
      case 'empty':
        return
      case 'literal':
      case 'any':
      case 'class': {
        const set = characterSet(node)
        this.#add(set ? {op: 'set', set} : {op: 'character', code: codeOf(node)})
        return
      }
      case 'place':
        if (node.place === 'word edge' || node.place === 'no word edge') {
          this.#add({op: 'word edge', word: wordSet(node.ascii), wanted: node.place === 'word edge'})
        } else this.#add({op: node.place === 'start' ? 'text start' : node.place})
        return
      case 'sequence':
        for (const part of node.nodes) this.#emit(part)
        return
      case 'choice':
        return this.#choice(node.nodes)
      case 'group':
        this.#add({op: 'mark', slot: node.number * 2 - 2})
        this.#emit(node.node)
        this.#add({op: 'mark', slot: node.number * 2 - 1})
        return
      case 'repeat':
        return this.#repeat(node)
      case 'atomic':
        return this.#sub({op: 'atomic', exit: 0}, () => this.#emit(node.node))
      case 'look':
        return this.#sub({op: 'look', back: node.behind ?? 0, negated: node.negated, exit: 0}, () =>
          this.#emit(node.node),
        )
      case 'reference':
        this.#add({
          op: 'reference',
          group: node.group,
          lower: node.ignoreCase ? (node.ascii ? 'ascii' : 'all') : 'none',
        })
        return
      case 'condition': {
        const condition = {op: 'condition' as const, group: node.group, no: 0}
        this.#add(condition)
        this.#emit(node.yes)
        const jump = {op: 'jump' as const, to: 0}
        this.#add(jump)
        condition.no = this.#here
        this.#emit(node.no)
        jump.to = this.#here
      }
    }
  }

  #choice(nodes: readonly PatternNode[]): void {
    const jumps: Array<{op: 'jump'; to: number}> = []
    for (const [index, part] of nodes.entries()) {
      if (index === nodes.length - 1) {
        this.#emit(part)
        break
      }
      const either = {op: 'either' as const, first: this.#here + 1, second: 0}
      this.#add(either)
      this.#emit(part)
      const jump = {op: 'jump' as const, to: 0}
      this.#add(jump)
      jumps.push(jump)
      either.second = this.#here
    }
    for (const jump of jumps) jump.to = this.#here
  }

  #repeat({node, min, max: atMost, mode}: Extract<PatternNode, {kind: 'repeat'}>): void {
    const max = atMost >= endless ? Number.POSITIVE_INFINITY : atMost
    if (node.kind === 'literal' || node.kind === 'any' || node.kind === 'class') {
      this.#add({op: 'run', code: codeOf(node), set: characterSet(node), min, max, mode})
      return
    }
    if (mode === 'possessive') {
      // Each round is decided for itself, and their number too.
      this.#sub({op: 'atomic', exit: 0}, () =>
        this.#loop({min, max, lazy: false}, () => this.#emit({kind: 'atomic', node})),
      )
      return
    }
    this.#loop({min, max, lazy: mode === 'lazy'}, () => this.#emit(node))
  }

  #loop({min, max, lazy}: {min: number; max: number; lazy: boolean}, body: () => void): void {
    const slot = this.#slots
    this.#slots += 2
    this.#add({op: 'enter loop', slot})
    const loop = {op: 'loop' as const, slot, min, max, lazy, exit: 0}
    const start = this.#add(loop)
    body()
    this.#add({op: 'jump', to: start})
    loop.exit = this.#here
  }

  #sub(instruction: Extract<Instruction, {op: 'atomic' | 'look'}>, body: () => void): void {
    this.#add(instruction)
    body()
    this.#add({op: 'return'})
    instruction.exit = this.#here
  }
}

function codeOf(node: PatternNode): number {
  return node.kind === 'literal' ? node.code : -1
}
