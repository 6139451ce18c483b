import fs from 'node:fs'
import {describe, expect, it} from 'vitest'
import {readContextFile} from '../../src/config/context-file.js'
import {temporaryDirectory} from './support.js'

const sources = new URL('../../src/config/', import.meta.url)
const [guide = ''] = fs
  .readFileSync(new URL('../../docs/configuration.md', import.meta.url), 'utf8')
  // What follows is about the settings of the embedded cluster, which has a test of its own.
  .split('\n## A cluster of your own\n')

function variablesIn(text: string): string[] {
  return [...new Set(text.match(/\b(?:BIOMAJ|XDG)_[A-Z_]*[A-Z]\b/g))].toSorted()
}

describe('docs/configuration.md', () => {
  it('names exactly the environment variables that the code reads', () => {
    const code = fs
      .readdirSync(sources, {recursive: true, encoding: 'utf8'})
      .filter(name => name.endsWith('.ts'))
      .map(name => fs.readFileSync(new URL(name, sources), 'utf8'))
    expect(variablesIn(guide)).toEqual(variablesIn(code.join('\n')))
  })

  it('names every field of a context, in an example that is accepted', async () => {
    const file = `${temporaryDirectory()}/contexts.json`
    const example = /```json\n(.*?)```/s.exec(guide)?.[1] ?? ''
    fs.writeFileSync(file, example, {mode: 0o600})
    expect(readContextFile(file).contexts.get('prod')?.user).toBe('ada')
    for (const field of ['url', 'user', 'email', 'credentialStore', 'allowHttp', 'caFile', 'insecureTls', 'readOnly']) {
      expect(guide).toContain(`| \`${field}\` |`)
    }
  })
})
