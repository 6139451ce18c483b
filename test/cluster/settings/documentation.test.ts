import {readFileSync} from 'node:fs'
import {expect, it} from 'vitest'
import {settingOfFlag} from '../../../src/cli/cluster/site-flags.js'
import {settingDefinitions} from '../../../src/cluster/settings/setting-definitions.js'

const guide = readFileSync(new URL('../../../docs/configuration.md', import.meta.url), 'utf8')

it('docs/configuration.md has the very settings, flags and defaults of the cluster', () => {
  const flags = new Map(Object.entries(settingOfFlag).map(([flag, key]) => [key as string, `\`--${flag}\``]))
  const rows = settingDefinitions.map(({key, whenUnset, comment}) => {
    const fallback = whenUnset === '' ? 'none' : `\`${whenUnset}\``
    return `| \`${key}\` | ${flags.get(key) ?? 'none'} | ${fallback} | ${comment} |`
  })
  const [, table = ''] = guide.split('| key | flag | default | meaning |\n|---|---|---|---|\n')
  expect(table.slice(0, table.indexOf('\n\n')).split('\n')).toEqual(rows)
})
