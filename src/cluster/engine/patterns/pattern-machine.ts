import {lowerOf} from './character-set.js'
import type {Instruction, PatternProgram} from './pattern-program.js'

/** Work that may be spent, in steps of a machine; a few nanoseconds each. */
export interface PatternBudget {
  steps: number
}

/** A pattern and a text together would take too long: the way in which a pattern backtracks grows without bound. */
export class PatternTooCostly extends Error {
  constructor() {
    super('the pattern takes too much work on this text')
    this.name = 'PatternTooCostly'
  }
}

/** Code units, or code points where there are characters beyond 16 bits. */
export type Codes = Uint16Array | Uint32Array

// What is done when a way leads nowhere: kinds of frames on the stack.
const choice = 0
const undo = 1
const fewer = 2
const more = 3
const again = 4

/** Four numbers each. */
const mostStackNumbers = 16_000_000

/**
 * Runs a program over one text, as Python's own engine does: tries ways in their order and goes back to the last
 * choice when one leads nowhere. The stack is its own, so neither text nor pattern can exhaust that of the process.
 */
export class PatternMachine {
  readonly #instructions: readonly Instruction[]
  readonly #codes: Codes
  readonly #budget: PatternBudget
  readonly #slots: Int32Array
  readonly #stack: number[] = []
  #begin = 0
  #mustAdvance = false

  constructor(program: PatternProgram, codes: Codes, budget: PatternBudget) {
    this.#instructions = program.instructions
    this.#codes = codes
    this.#budget = budget
    this.#slots = new Int32Array(program.slots).fill(-1)
  }

  /** Where a match that begins here ends; -1 for none. An empty one does not count with `mustAdvance`. */
  run(begin: number, mustAdvance = false): number {
    this.#slots.fill(-1)
    this.#stack.length = 0
    this.#begin = begin
    this.#mustAdvance = mustAdvance
    return this.#execute(0, begin)
  }

  /** Begin and end of a group after a match, or undefined. */
  group(number: number): [number, number] | undefined {
    const begin = this.#slots[number * 2 - 2] ?? -1
    const end = this.#slots[number * 2 - 1] ?? -1
    return begin < 0 || end < begin ? undefined : [begin, end]
  }

  #execute(start: number, from: number): number {
    const instructions = this.#instructions
    const codes = this.#codes
    const slots = this.#slots
    const stack = this.#stack
    const base = stack.length
    const length = codes.length
    let at = start
    let position = from
    for (;;) {
      if (--this.#budget.steps < 0) throw new PatternTooCostly()
      const instruction = instructions[at]
      let ok = true
      at++
      switch (instruction?.op) {
        case 'character':
          ok = position < length && codes[position] === instruction.code
          position++
          break
        case 'set':
          ok = position < length && instruction.set.has(codes[position] ?? 0)
          position++
          break
        case 'run': {
          const taken = this.#run(instruction, position)
          if (taken < instruction.min) ok = false
          else if (instruction.mode === 'greedy') {
            if (taken > instruction.min) stack.push(fewer, at, position + instruction.min, position + taken)
            position += taken
          } else if (instruction.mode === 'possessive') position += taken
          else {
            position += instruction.min
            stack.push(more, at, position, instruction.max - instruction.min)
          }
          break
        }
        case 'text start':
          ok = position === 0
          break
        case 'line start':
          ok = position === 0 || codes[position - 1] === 0x0a
          break
        case 'end':
          ok = position === length || (position === length - 1 && codes[position] === 0x0a)
          break
        case 'line end':
          ok = position === length || codes[position] === 0x0a
          break
        case 'text end':
          ok = position === length
          break
        case 'word edge': {
          const before = position > 0 && instruction.word.has(codes[position - 1] ?? 0)
          const after = position < length && instruction.word.has(codes[position] ?? 0)
          // An empty text has no place that is none: so Python has it.
          ok = length > 0 && (before !== after) === instruction.wanted
          break
        }
        case 'mark':
          this.#set(instruction.slot, position)
          break
        case 'jump':
          at = instruction.to
          break
        case 'either':
          stack.push(choice, instruction.second, position, 0)
          at = instruction.first
          break
        case 'enter loop':
          this.#set(instruction.slot, 0)
          this.#set(instruction.slot + 1, -1)
          break
        case 'loop': {
          const count = slots[instruction.slot] ?? 0
          if (count < instruction.min) this.#set(instruction.slot, count + 1)
          else if (instruction.lazy) {
            stack.push(again, at, position, 0)
            at = instruction.exit
          } else if (count < instruction.max && slots[instruction.slot + 1] !== position) {
            stack.push(choice, instruction.exit, position, 0)
            this.#set(instruction.slot, count + 1)
            this.#set(instruction.slot + 1, position)
          } else at = instruction.exit
          break
        }
        case 'atomic': {
          const below = stack.length
          const end = this.#execute(at, position)
          ok = end >= 0
          if (ok) {
            this.#forgetChoices(below)
            position = end
            at = instruction.exit
          }
          break
        }
        case 'look': {
          const below = stack.length
          const begin = position - instruction.back
          const found = begin >= 0 && this.#execute(at, begin) >= 0
          ok = found !== instruction.negated
          if (found && instruction.negated) this.#undoTo(below)
          else if (found) this.#forgetChoices(below)
          at = instruction.exit
          break
        }
        case 'reference': {
          const taken = this.#repeated(instruction, position)
          ok = taken >= 0
          position += taken
          break
        }
        case 'condition':
          if (!this.group(instruction.group)) at = instruction.no
          break
        case 'return':
          return position
        case 'match':
          if (!this.#mustAdvance || position !== this.#begin) return position
          ok = false
          break
        case undefined:
          throw new Error('a pattern ran out of its program')
      }
      if (ok) continue
      // Back to the last choice.
      for (;;) {
        if (stack.length === base) return -1
        const last = stack.pop() ?? 0
        const second = stack.pop() ?? 0
        const first = stack.pop() ?? 0
        const kind = stack.pop()
        if (kind === undo) {
          slots[first] = second
          continue
        }
        at = first
        position = second
        if (kind === fewer) {
          // `second` is the least that must be taken, `last` what was taken.
          position = last - 1
          if (position > second) stack.push(fewer, first, second, position)
        } else if (kind === more) {
          const run = instructions[first - 1]
          if (last <= 0 || run?.op !== 'run' || !takes(run, codes, position)) continue
          position++
          stack.push(more, first, position, last - 1)
        } else if (kind === again) {
          const loop = instructions[first - 1]
          if (loop?.op !== 'loop') continue
          const count = slots[loop.slot] ?? 0
          if (count >= loop.max || slots[loop.slot + 1] === position) continue
          this.#set(loop.slot, count + 1)
          this.#set(loop.slot + 1, position)
        }
        break
      }
    }
  }

  #set(slot: number, value: number): void {
    if (this.#stack.length > mostStackNumbers) throw new PatternTooCostly()
    this.#stack.push(undo, slot, this.#slots[slot] ?? -1, 0)
    this.#slots[slot] = value
  }

  /** How many characters a run can take; of a lazy one, only those that it must. */
  #run(run: Extract<Instruction, {op: 'run'}>, position: number): number {
    const codes = this.#codes
    const most = Math.min(codes.length, position + (run.mode === 'lazy' ? run.min : run.max))
    let end = position
    if (run.set) while (end < most && run.set.has(codes[end] ?? 0)) end++
    else while (end < most && codes[end] === run.code) end++
    this.#budget.steps -= (end - position) >> 2
    return end - position
  }

  #repeated({group, lower}: Extract<Instruction, {op: 'reference'}>, position: number): number {
    const range = this.group(group)
    if (!range) return -1
    const [begin, end] = range
    const codes = this.#codes
    const size = end - begin
    if (position + size > codes.length) return -1
    const same = lower === 'none' ? (code: number) => code : lowerOf(lower === 'ascii')
    for (let index = 0; index < size; index++) {
      if (same(codes[begin + index] ?? 0) !== same(codes[position + index] ?? 0)) return -1
    }
    this.#budget.steps -= size
    return size
  }

  /** Keeps what was captured, and how to undo it. */
  #forgetChoices(below: number): void {
    const stack = this.#stack
    let kept = below
    for (let frame = below; frame < stack.length; frame += 4) {
      if (stack[frame] !== undo) continue
      stack.copyWithin(kept, frame, frame + 4)
      kept += 4
    }
    stack.length = kept
  }

  #undoTo(below: number): void {
    const stack = this.#stack
    while (stack.length > below) {
      stack.pop()
      const value = stack.pop() ?? 0
      const slot = stack.pop() ?? 0
      if (stack.pop() === undo) this.#slots[slot] = value
    }
  }
}

function takes({set, code}: Extract<Instruction, {op: 'run'}>, codes: Codes, position: number): boolean {
  if (position >= codes.length) return false
  return set ? set.has(codes[position] ?? 0) : codes[position] === code
}
