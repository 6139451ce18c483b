import {BankProperties} from '../../../../src/cluster/engine/properties/bank-properties.js'
import {parseIni} from '../../../../src/cluster/engine/properties/ini.js'

/** Properties as a bank's file would set them. */
export function propertiesOf(values: Record<string, string>): BankProperties {
  const lines = Object.entries(values).map(([key, value]) => `${key}=${value.replaceAll('%', '%%')}`)
  return new BankProperties({bank: parseIni(['[GENERAL]', ...lines, ''].join('\n'), 'test.properties')})
}
