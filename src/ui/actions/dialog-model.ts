import type {NamedAction} from '../../presentation/equivalent-command.js'
import {BiomajError} from '../../shared/errors.js'
import {type CommandId, specOf} from '../keys/actions.js'
import {commands, type Plan} from './commands.js'
import type {Facts, KnownFacts} from './facts.js'
import {answersOf, type Field, type Values} from './form.js'

/** What a severe command asks to be typed when it is not about a bank. */
const clusterWord = 'maintenance'
const confirmField = 'confirm'

/** A command as a dialog shows it. */
export interface DialogModel {
  title: string
  explanation: string
  fields: readonly Field[]
  /** What is to be sent, also while it is not confirmed yet. */
  plan: Plan | undefined
  /** Why it cannot be sent as it is. */
  off: string | undefined
}

/** Why a command cannot be given now; undefined when it can, as far as anybody knows. */
export function whyOff(id: CommandId, facts: Facts): string | undefined {
  const {about, reads, off} = commands[id]
  if (about === 'bank' && facts.bank === undefined) return 'Select a bank first'
  if (reads !== true) {
    if (facts.readOnly) return 'Read-only: nothing is changed from here'
    if (facts.key === 'none') return 'There is no API key: `biomaj login` gets one'
    if (facts.key === 'invalid') return 'The cluster does not know your API key'
  }
  if (facts.sending !== undefined) return `On its way already: ${facts.sending}`
  return off?.(known(facts))
}

export function dialogModel(id: CommandId, facts: Facts, values: Values): DialogModel {
  const command = commands[id]
  const {label, danger} = specOf(id)
  const own = known(facts)
  const word = own.bank === '' ? clusterWord : own.bank
  const asked = command.fields?.(own, values) ?? []
  const fields: Field[] =
    danger === 'severe' ? [...asked, {id: confirmField, kind: 'text', label: `type ${word}`}] : asked
  const answers = answersOf(asked, values)
  const off = whyOff(id, facts)
  const plan = planned(() => command.plan(own, answers))
  const isConfirmed = danger !== 'severe' || (values[confirmField] ?? '').trim() === word
  return {
    title: command.about === 'cluster' ? 'Maintenance' : `${capital(label)}: ${own.bank}`,
    explanation: command.explain(own),
    fields,
    plan: plan instanceof BiomajError ? undefined : plan,
    off:
      off ??
      (plan instanceof BiomajError ? [plan.message, plan.hint].filter(Boolean).join('. ') : undefined) ??
      (isConfirmed ? undefined : `Type ${word} to confirm`),
  }
}

/** Values that a dialog begins with. */
export function firstValues(id: CommandId, facts: Facts): Values {
  return commands[id].defaults?.(known(facts)) ?? {}
}

/** A plan in a few words, for what says that it is on its way: `update alu`. */
export function planTitle({action}: Plan): string {
  return action.action === 'maintenance' ? `maintenance ${action.on ? 'on' : 'off'}` : nameOf(action)
}

/** What the key that sends it does: `update`. */
export function verbOf({action}: Plan): string {
  return action.action === 'maintenance'
    ? `maintenance ${action.on ? 'on' : 'off'}`
    : action.action.replaceAll('-', ' ')
}

function nameOf(action: Exclude<NamedAction, {action: 'maintenance'}>): string {
  const release = 'release' in action && action.release !== undefined ? ` ${action.release}` : ''
  return `${action.action.replaceAll('-', ' ')} ${action.bank}${release}`
}

function known(facts: Facts): KnownFacts {
  return {...facts, bank: facts.bank ?? ''}
}

function planned(make: () => Plan): Plan | BiomajError {
  try {
    return make()
  } catch (error) {
    if (error instanceof BiomajError) return error
    throw error
  }
}

function capital(text: string): string {
  return `${text[0]?.toUpperCase() ?? ''}${text.slice(1)}`
}
