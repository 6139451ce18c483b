// Run as a process of its own: saves contexts `<prefix>-0`, `<prefix>-1`, … one after the other.
import {ContextStore} from '../../src/config/contexts.js'

const [directory = '', prefix = '', turns = '0'] = process.argv.slice(2)
const contexts = new ContextStore(directory)
for (let turn = 0; turn < Number(turns); turn++) {
  await contexts.save({
    name: `${prefix}-${turn}`,
    url: 'https://example.org',
    credentialStore: 'none',
    allowHttp: false,
  })
}
