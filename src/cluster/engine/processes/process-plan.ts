import {BiomajError} from '../../../shared/errors.js'
import type {BankProperties} from '../properties/bank-properties.js'
import {told} from '../told.js'
import {unsupportedProcesses} from './unsupported.js'

/** The step whose processes are meant. */
export type PlanKind = 'preprocess' | 'postprocess' | 'removeprocess'

/** What a step runs: blocks one after the other, the metas of a block side by side, the processes of a meta in order. */
export interface ProcessPlan {
  kind: PlanKind
  blocks: PlannedBlock[]
}

export interface PlannedBlock {
  /** Empty for pre- and remove processes, which have no blocks. */
  name: string
  metas: PlannedMeta[]
}

export interface PlannedMeta {
  name: string
  processes: PlannedProcess[]
}

export interface PlannedProcess {
  /** `<block>.<meta>.<process>`, as a session remembers what is done; `.<meta>.<process>` without a block. */
  key: string
  /** `<meta>_<process>`, as in status and in the names of output files. */
  name: string
  description: string | null
  exe: string
  args: string
  expand: boolean
  /** What the properties say of the files it makes; comma-separated, empty when unset. */
  defaults: {format: string; types: string; tags: string; files: string}
}

/**
 * What the properties of a bank have run in a step. Spaces around names count for nothing.
 *
 * @throws {BiomajError} `config_invalid` when a name is not defined, or a process is of a kind that does not run here
 */
export function processPlan(properties: BankProperties, kind: PlanKind): ProcessPlan {
  const blocks = blockKeys(properties, kind).map(({name, key}) => ({
    name,
    metas: namesOf(properties, key).map(meta => ({
      name: meta,
      processes: namesOf(properties, meta, key).map(process =>
        plannedProcess(properties, {block: name, meta, process}),
      ),
    })),
  }))
  return {kind, blocks: blocks.filter(({metas}) => metas.length > 0)}
}

/** Every process of a plan, in the order of the properties. */
export function plannedProcesses({blocks}: ProcessPlan): PlannedProcess[] {
  return blocks.flatMap(({metas}) => metas.flatMap(({processes}) => processes))
}

/**
 * What stays done when a step is run again from a block, a meta or a process on: what stands before it. Null runs the
 * whole step again.
 *
 * @throws {BiomajError} `usage` when the plan has none of that name
 */
export function doneBefore(
  plan: ProcessPlan,
  {done, from}: {done: Readonly<Record<string, boolean>>; from: string | null},
): Record<string, boolean> {
  const again = keysFrom(plan, from)
  return Object.fromEntries(Object.entries(done).filter(([key]) => !again.has(key)))
}

function keysFrom(plan: ProcessPlan, from: string | null): Set<string> {
  const all = plan.blocks.flatMap(block =>
    block.metas.flatMap(meta =>
      meta.processes.map(({key, name}) => ({
        key,
        levels: [block.name, meta.name, name.slice(meta.name.length + 1), name],
      })),
    ),
  )
  if (from === null) return new Set(all.map(({key}) => key))
  // A block of that name goes before a meta, and that before a process, wherever they stand.
  for (const level of [0, 1, 2, 3]) {
    const first = all.findIndex(({levels}) => levels[level] === from)
    if (first !== -1) return new Set(all.slice(first).map(({key}) => key))
  }
  throw new BiomajError({
    code: 'usage',
    message: told`There is no block, metaprocess or process "${from}" in ${plan.kind}`,
    hint: 'Name one that the properties of the bank define for this step.',
  })
}

function blockKeys(properties: BankProperties, kind: PlanKind): Array<{name: string; key: string}> {
  if (kind === 'preprocess') return [{name: '', key: 'db.pre.process'}]
  if (kind === 'removeprocess') return [{name: '', key: 'db.remove.process'}]
  return namesOf(properties, 'BLOCKS').map(name => {
    const key = `${name}.db.post.process`
    if (properties.get(key) === undefined) throw undefinedName({name, key, from: 'BLOCKS'})
    return {name, key}
  })
}

function namesOf(properties: BankProperties, key: string, from?: string): string[] {
  const value = properties.get(key)
  if (value === undefined && from !== undefined) throw undefinedName({name: key, key, from})
  return (value ?? '')
    .split(',')
    .map(name => name.trim())
    .filter(name => name !== '')
}

function plannedProcess(
  properties: BankProperties,
  {block, meta, process}: {block: string; meta: string; process: string},
): PlannedProcess {
  const [unsupported] = unsupportedProcesses(properties, [process])
  if (unsupported) {
    throw new BiomajError({code: 'config_invalid', message: unsupported.message, hint: unsupported.hint})
  }
  const exe = properties.get(`${process}.exe`, '').trim()
  if (exe === '') throw undefinedName({name: process, key: `${process}.exe`, from: meta})
  return {
    key: `${block}.${meta}.${process}`,
    name: `${meta}_${process}`,
    description: properties.get(`${process}.desc`) ?? null,
    exe,
    args: properties.get(`${process}.args`, ''),
    expand: properties.getBoolean(`${process}.expand`, true),
    defaults: {
      format: properties.get(`${process}.format`, ''),
      types: properties.get(`${process}.types`, ''),
      tags: properties.get(`${process}.tags`, ''),
      files: properties.get(`${process}.files`, ''),
    },
  }
}

function undefinedName({name, key, from}: {name: string; key: string; from: string}): BiomajError {
  return new BiomajError({
    code: 'config_invalid',
    message: told`"${name}" is not defined: "${key}" is not set`,
    hint: told`Set ${key}, or take "${name}" out of ${from}.`,
  })
}
