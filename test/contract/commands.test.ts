/** What scripts and fingers rely on: names, flags and arguments of every command. `npx vitest run test/contract -u` accepts a change. */
import {expect, it} from 'vitest'
import {commandClasses} from '../e2e/command-classes.js'
import {readManifest} from './run-main.js'
import type {ManifestFlag} from './run-main.js'

const {commands} = readManifest()

it('keeps commands, arguments and flags', async () => {
  const lines = Object.entries(commands)
    .toSorted(([one], [other]) => one.localeCompare(other))
    .flatMap(([id, {aliases, hidden, strict, args, flags}]) => [
      [
        id.replaceAll(':', ' '),
        ...Object.entries(args).map(([name, {required, multiple, options}]) => {
          const words = `${name}${multiple === true ? '...' : ''}${options === undefined ? '' : `=${options.join('|')}`}`
          return required === true ? `<${words}>` : `[${words}]`
        }),
        ...(strict ? [] : ['[words...]']),
        ...aliases.map(alias => `(also ${alias})`),
        ...(hidden === true ? ['(hidden)'] : []),
      ].join(' '),
      ...Object.entries(flags)
        .toSorted(([one], [other]) => one.localeCompare(other))
        .map(([name, flag]) => `  ${flagLine(name, flag)}`),
      '',
    ])
  await expect(lines.join('\n')).toMatchFileSnapshot('snapshots/commands.txt')
})

function flagLine(name: string, flag: ManifestFlag): string {
  const {
    type,
    char,
    helpValue,
    options,
    multiple,
    required,
    hidden,
    exclusive = [],
    dependsOn = [],
    aliases = [],
  } = flag
  return [
    `--${name}`,
    char === undefined ? undefined : `-${char}`,
    type === 'option' ? `${options?.join('|') ?? helpValue ?? 'TEXT'}${multiple === true ? '...' : ''}` : undefined,
    flag.default === undefined || flag.default === '' ? undefined : `default ${JSON.stringify(flag.default)}`,
    required === true ? 'required' : undefined,
    hidden === true ? 'hidden' : undefined,
    ...aliases.map(alias => `also --${alias}`),
    exclusive.length === 0 ? undefined : `not with ${exclusive.join(', ')}`,
    dependsOn.length === 0 ? undefined : `only with ${dependsOn.join(', ')}`,
  ]
    .filter(part => part !== undefined)
    .join('  ')
}

it('offers --json, --quiet, --debug, --no-color and --no-input everywhere', () => {
  for (const {flags} of Object.values(commands)) {
    expect(Object.keys(flags)).toEqual(expect.arrayContaining(['json', 'quiet', 'debug', 'no-color', 'no-input']))
  }
})

it('takes no secret in a flag', () => {
  const flags = Object.values(commands).flatMap(({flags}) => Object.entries(flags))
  const secrets = flags.filter(([name, {type}]) => type === 'option' && /key|password|token|secret/i.test(name))
  expect(secrets).toEqual([])
})

it('has each command among the tests of all commands', () => {
  const ids = Object.keys(commands).map(id => id.replaceAll(':', ' '))
  expect(Object.keys(commandClasses).toSorted()).toEqual(ids.toSorted())
})
