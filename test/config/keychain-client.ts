// Run as a process of its own: asks a keychain, and ends as soon as its standard input does.
import {Keychain} from '../../src/config/credentials/keychain.js'

const [childScript = ''] = process.argv.slice(2)
process.stdin.resume().on('end', () => {
  // oxlint-disable-next-line no-process-exit, unicorn/no-process-exit -- ends in the middle, as bin/run.js does on Ctrl-C
  process.exit(130)
})
await new Keychain({kind: 'keychain', childScript, env: process.env, platform: 'linux', interactive: true}).get('a@b')
