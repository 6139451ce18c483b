import {readFileSync} from 'node:fs'
import {fileURLToPath} from 'node:url'
import {expect, it} from 'vitest'
import {keybindingsPage} from '../../../scripts/docs/keybindings.js'

it('is docs/keybindings.md as `npm run docs` makes it', () => {
  const file = fileURLToPath(new URL('../../../docs/keybindings.md', import.meta.url))
  expect(readFileSync(file, 'utf8')).toBe(keybindingsPage())
})
