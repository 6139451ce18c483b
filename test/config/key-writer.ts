// Run as a process of its own: keeps keys of accounts `<prefix>-0`, `<prefix>-1`, … one after the other.
import {CredentialFile} from '../../src/config/credentials/credential-file.js'
import {Secret} from '../../src/shared/secret.js'

const [directory = '', prefix = '', turns = '0'] = process.argv.slice(2)
const credentials = new CredentialFile(directory)
for (let turn = 0; turn < Number(turns); turn++) {
  await credentials.set(`${prefix}-${turn}`, new Secret(`key of ${prefix}-${turn}`))
}
