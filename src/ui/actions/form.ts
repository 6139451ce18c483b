/** What a dialog asks for. All values are texts; a toggle's are `yes` and the empty one. */
export type Field =
  | {id: string; kind: 'toggle'; label: string}
  | {id: string; kind: 'choice'; label: string; options: readonly Option[]}
  | {id: string; kind: 'text'; label: string}

export interface Option {
  value: string
  label: string
}

export type Values = Readonly<Record<string, string>>

export const yes = 'yes'

const toggleOptions: readonly Option[] = [
  {value: '', label: 'no'},
  {value: yes, label: 'yes'},
]

export function optionsOf(field: Field): readonly Option[] {
  if (field.kind === 'text') return []
  return field.kind === 'toggle' ? toggleOptions : field.options
}

/** The option that holds: one that is no longer there gives way to the first. */
export function optionOf(field: Field, values: Values): Option | undefined {
  const options = optionsOf(field)
  return options.find(({value}) => value === values[field.id]) ?? options[0]
}

/** The value after the present one, or before it; round and round. */
export function turned(field: Field, values: Values, by: 1 | -1): Values {
  const options = optionsOf(field)
  const present = optionOf(field, values)
  if (present === undefined) return values
  const next = options[(options.indexOf(present) + by + options.length) % options.length]
  return next === undefined ? values : {...values, [field.id]: next.value}
}

/** Values of the fields that are asked for; empty ones are left out. */
export function answersOf(fields: readonly Field[], values: Values): Values {
  const answers = fields.map(field => [
    field.id,
    field.kind === 'text' ? (values[field.id] ?? '') : (optionOf(field, values)?.value ?? ''),
  ])
  return Object.fromEntries(answers.filter(([, value]) => value !== '')) as Values
}
