import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterAll, beforeAll, expect, it} from 'vitest'
import {checkBankFiles} from '../../../src/cluster/engine/properties/check/check-bank.js'
import {newGlobalProperties} from '../../../src/cluster/settings/global-properties.js'
import {propertiesOf} from '../../../src/cluster/settings/templates/bank-template.js'
import {bankTemplate, bankTemplates} from '../../../src/cluster/settings/templates/bank-templates.js'

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'biomaj-templates-'))
  await writeFile(path.join(folder, 'global.properties'), newGlobalProperties(`${folder}/100% mine`))
})

afterAll(async () => {
  await rm(folder, {recursive: true})
})

it.each(bankTemplates.map(({name}) => name))(
  '%s is a bank that BioMAJ takes, without an error or a warning',
  async name => {
    const file = path.join(folder, `${name}.properties`)
    const text = propertiesOf(bankTemplate(name), {bank: name, sampleServer: '127.0.0.1:40123'})
    await writeFile(file, text, {mode: 0o600})
    const [checked] = await checkBankFiles([file], {global: 'global.properties', cwd: folder, platform: 'linux'})
    expect(checked?.findings).toEqual([])
    expect(checked?.valid).toBe(true)
  },
)

it('finds a template whatever its capitals, and names all of them for one that is not there', () => {
  expect(bankTemplate('UniProt').name).toBe('uniprot')
  expect(() => bankTemplate('xyzzy')).toThrow(
    expect.objectContaining({code: 'usage', hint: expect.stringContaining('alu')}),
  )
})
