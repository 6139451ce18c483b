import {isDeepStrictEqual} from 'node:util'
import {deviations} from './deviations.ts'
import type {Observation} from './observation.ts'
import type {Scenario} from './scenario.ts'

/** What we are expected to show, given what BioMAJ shows and where we mean to differ. */
export function expected({deviations: named = []}: Scenario, real: readonly Observation[]): Observation[] {
  const applied = deviations.filter(({name, everywhere}) => everywhere === true || named.includes(name))
  return real.map(observation =>
    applied.reduce((changed, deviation) => deviation.expected?.(changed) ?? changed, observation),
  )
}

/** Takes away what the deviations of the scenario make, and adds those that do not show. */
export function unexplained({deviations: named = []}: Scenario, found: readonly string[]): string[] {
  const applied = deviations.filter(({name}) => named.includes(name))
  const stale = applied.filter(({makes}) => makes !== undefined && !found.some(line => explains(makes, line)))
  return [
    ...found.filter(line => !applied.some(({makes}) => explains(makes, line))),
    ...stale.map(({name}) => `the deviation "${name}" does not show`),
  ]
}

/** One line for each place that differs: which action, where, what was expected and what is there. */
export function differences(should: readonly Observation[], is: readonly Observation[]): string[] {
  return should.flatMap((observation, index) => {
    const found: string[] = []
    compare(observation, is[index], '', found)
    return found.map(line => `after ${index + 1} "${observation.after}": ${line}`)
  })
}

function compare(should: unknown, is: unknown, where: string, found: string[]): void {
  if (isDeepStrictEqual(should, is)) return
  if (isRecord(should) && isRecord(is)) {
    for (const key of new Set([...Object.keys(should), ...Object.keys(is)])) {
      compare(should[key], is[key], `${where}/${key}`, found)
    }
    return
  }
  if (Array.isArray(should) && Array.isArray(is) && should.length === is.length && !isText(should)) {
    for (const [index, value] of should.entries()) compare(value, is[index], `${where}/${index}`, found)
    return
  }
  if (isText(should) && isText(is)) {
    const [missing, added] = [should.filter(line => !is.includes(line)), is.filter(line => !should.includes(line))]
    if (missing.length + added.length > 0) {
      found.push(`${where}: BioMAJ also has ${JSON.stringify(missing)}, we also have ${JSON.stringify(added)}`)
      return
    }
  }
  found.push(`${where}: BioMAJ has ${JSON.stringify(should)}, we have ${JSON.stringify(is)}`)
}

function isText(value: unknown): value is string[] {
  return Array.isArray(value) && value.length > 0 && value.every(line => typeof line === 'string')
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function explains(makes: readonly RegExp[] | undefined, line: string): boolean {
  return makes?.some(pattern => pattern.test(line)) ?? false
}
