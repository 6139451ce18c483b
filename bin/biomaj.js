import {readFileSync} from 'node:fs'
import module from 'node:module'

const root = new URL('..', import.meta.url)
const argv = process.argv.slice(2)

if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
  const {version} = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'))
  process.stdout.write(`biomaj/${version} ${process.platform}-${process.arch} node-${process.version}\n`)
} else {
  // Ink and some colour libraries know FORCE_COLOR only; it has to be set before they are imported.
  if (process.env.NO_COLOR || argv.includes('--no-color')) process.env.FORCE_COLOR = '0'
  module.enableCompileCache()
  const {start} = await import('../dist/cli/start.js')
  start({argv, root: new URL(root), exit: code => process.exit(code)})
}
