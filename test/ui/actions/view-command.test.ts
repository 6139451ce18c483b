import {readFile} from 'node:fs/promises'
import {fileURLToPath} from 'node:url'
import {expect, it} from 'vitest'
import {viewCommand} from '../../../src/ui/actions/view-command.js'
import type {Screen} from '../../../src/ui/state/ui-state.js'

it.each<[Screen, string | undefined]>([
  [{view: 'overview'}, 'status'],
  [{view: 'services'}, 'status --services'],
  [{view: 'banks'}, 'banks'],
  [{view: 'bank', bank: 'alu'}, 'status --bank alu'],
  [{view: 'log', bank: 'alu'}, 'logs --bank alu --follow'],
  [{view: 'queue'}, 'queue'],
  [{view: 'history'}, 'history'],
  [{view: 'schedule'}, undefined],
])('says %j as a command that exists', async (screen, expected) => {
  const words = viewCommand(screen)
  expect(words?.join(' ')).toBe(expected)
  if (words === undefined) return
  const command = fileURLToPath(new URL(`../../../src/commands/${words[0] ?? ''}.ts`, import.meta.url))
  const source = await readFile(command, 'utf8')
  const flags = words.filter(word => word.startsWith('--')).map(word => word.slice(2))
  const known = (flag: string) => source.includes(`${flag}:`) || (flag === 'bank' && source.includes('...bankFlags'))
  expect(flags.filter(flag => !known(flag))).toEqual([])
})
