// `npm run docs`: writes the pages of docs/ that are made from the code.
import {writeFileSync} from 'node:fs'
import path from 'node:path'
import {keybindingsPage} from './docs/keybindings.ts'
import {writeScreens} from './docs/screen-blocks.ts'

const pages: Readonly<Record<string, () => string>> = {
  'keybindings.md': keybindingsPage,
}

for (const [name, make] of Object.entries(pages)) {
  writeFileSync(path.join(import.meta.dirname, '..', 'docs', name), make())
}
await writeScreens(['docs/dashboard.md', 'README.md'])
