import {BiomajError} from '../../../shared/errors.js'
import {told} from '../told.js'
import {type Expression, parseExpression} from './retry-expression.js'

/** When a transfer is given up, and how long to wait before it is tried again. */
export interface RetryPolicy {
  /** After so many attempts, and so many seconds since the first began. */
  stops(attempts: number, elapsedSeconds: number): boolean
  /** After so many attempts; `random` is 0 to 1. */
  waitSeconds(attempts: number, random: () => number): number
}

type Stop = RetryPolicy['stops']
type Wait = RetryPolicy['waitSeconds']

export const defaultStopCondition = 'stop_after_attempt(3)'
export const defaultWaitPolicy = 'wait_fixed(3)'

/**
 * The policy that two expressions of Python's library tenacity describe, as BioMAJ reads them.
 *
 * @throws {BiomajError} `config_invalid` for anything else
 */
export function retryPolicy(stopCondition: string, waitPolicy: string): RetryPolicy {
  return {
    stops: understood('stop_condition', stopCondition, stopOf),
    waitSeconds: understood('wait_policy', waitPolicy, waitOf),
  }
}

function understood<Policy>(option: string, text: string, policyOf: (expression: Expression) => Policy): Policy {
  try {
    return policyOf(parseExpression(text))
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw new BiomajError({
      code: 'config_invalid',
      message: told`The option ${option} cannot be understood: "${text}": ${error.message}`,
      hint: `Write for example ${option === 'wait_policy' ? defaultWaitPolicy : defaultStopCondition}.`,
    })
  }
}

function stopOf(expression: Expression): Stop {
  if (expression.kind === 'name' && expression.name === 'stop_never') return () => false
  if (expression.kind === 'operation') {
    const [left, right] = [stopOf(expression.left), stopOf(expression.right)]
    if (expression.operator === '|') return (...state) => left(...state) || right(...state)
    if (expression.operator === '&') return (...state) => left(...state) && right(...state)
    throw new SyntaxError(`"${expression.operator}" does not join conditions; "|" and "&" do`)
  }
  if (expression.kind !== 'call') throw new SyntaxError('it is no condition')
  switch (expression.name) {
    case 'stop_after_attempt': {
      const [most] = numbers(expression, [['max_attempt_number', undefined]])
      return attempts => attempts >= (most ?? 0)
    }
    case 'stop_after_delay': {
      const [most] = numbers(expression, [['max_delay', undefined]])
      return (_attempts, elapsed) => elapsed >= (most ?? 0)
    }
    case 'stop_any': {
      const stops = positional(expression).map(argument => stopOf(argument))
      return (...state) => stops.some(stop => stop(...state))
    }
    case 'stop_all': {
      const stops = positional(expression).map(argument => stopOf(argument))
      return (...state) => stops.every(stop => stop(...state))
    }
    default:
      throw new SyntaxError(told`"${expression.name}" is no condition that is known here`)
  }
}

/** About as long as tenacity can wait. */
const longest = 4.6e18

function waitOf(expression: Expression): Wait {
  if (expression.kind === 'name' && expression.name === 'wait_none') return () => 0
  if (expression.kind === 'operation') {
    if (expression.operator !== '+') throw new SyntaxError(`"${expression.operator}" does not join policies; "+" does`)
    const [left, right] = [waitOf(expression.left), waitOf(expression.right)]
    return (...state) => left(...state) + right(...state)
  }
  if (expression.kind !== 'call') throw new SyntaxError('it is no policy')
  switch (expression.name) {
    case 'wait_fixed': {
      const [wait = 0] = numbers(expression, [['wait', undefined]])
      return () => wait
    }
    case 'wait_random': {
      const [min = 0, max = 1] = numbers(expression, [
        ['min', 0],
        ['max', 1],
      ])
      return (_attempts, random) => min + random() * (max - min)
    }
    case 'wait_incrementing': {
      const [start = 0, increment = 100, max = longest] = numbers(expression, [
        ['start', 0],
        ['increment', 100],
        ['max', longest],
      ])
      return attempts => Math.max(0, Math.min(start + increment * (attempts - 1), max))
    }
    case 'wait_exponential':
      return exponential(expression)
    case 'wait_random_exponential': {
      const high = exponential(expression)
      return (attempts, random) => random() * high(attempts, random)
    }
    case 'wait_combine': {
      const waits = positional(expression).map(argument => waitOf(argument))
      return (...state) => waits.reduce((sum, wait) => sum + wait(...state), 0)
    }
    case 'wait_chain': {
      const waits = positional(expression).map(argument => waitOf(argument))
      if (waits.length === 0) throw new SyntaxError('wait_chain needs policies')
      return (attempts, random) => waits[Math.min(Math.max(attempts, 1), waits.length) - 1]?.(attempts, random) ?? 0
    }
    default:
      throw new SyntaxError(told`"${expression.name}" is no policy that is known here`)
  }
}

type Call = Extract<Expression, {kind: 'call'}>

function exponential(expression: Call): Wait {
  const [multiplier = 1, max = longest, base = 2, min = 0] = numbers(expression, [
    ['multiplier', 1],
    ['max', longest],
    ['exp_base', 2],
    ['min', 0],
  ])
  return attempts => Math.max(0, min, Math.min(multiplier * base ** (attempts - 1), max))
}

function positional({name, args, named}: Call): Expression[] {
  if (named.size > 0) throw new SyntaxError(told`${name} takes no named arguments`)
  return args
}

/** Arguments in the order of the parameters; a parameter without a default must be given. */
function numbers({name, args, named}: Call, parameters: ReadonlyArray<[string, number | undefined]>): number[] {
  if (args.length > parameters.length) throw new SyntaxError(told`${name} takes ${parameters.length} arguments`)
  const known = new Set(parameters.map(([parameter]) => parameter))
  for (const given of named.keys()) {
    if (!known.has(given)) throw new SyntaxError(told`${name} has no argument "${given}"`)
  }
  return parameters.map(([parameter, whenUnset], index) => {
    const byName = named.get(parameter)
    const given = args[index]
    if (byName && given) throw new SyntaxError(told`${name} is given "${parameter}" twice`)
    const value = byName ?? given
    if (value === undefined) {
      if (whenUnset === undefined) throw new SyntaxError(told`${name} needs "${parameter}"`)
      return whenUnset
    }
    if (value.kind !== 'number') throw new SyntaxError(told`${name} wants numbers`)
    return value.value
  })
}
