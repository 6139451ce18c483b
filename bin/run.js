#!/usr/bin/env node
'use strict'
// CommonJS, and in the JavaScript of old: it starts fastest, and still runs, to say why it will not go on, on a Node
// that is too old for the rest.
var version = process.versions.node.split('.').map(Number)
if (version[0] < 22 || (version[0] === 22 && version[1] < 13)) {
  process.stderr.write(
    'biomaj needs Node.js 22.13 or newer; this is ' + process.version + ' (' + process.execPath + ').\n',
  )
  process.exit(2)
}

var path = require('node:path')
var root = path.join(__dirname, '..')
var argv = process.argv.slice(2)

if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
  var manifest = JSON.parse(require('node:fs').readFileSync(path.join(root, 'package.json'), 'utf8'))
  process.stdout.write(
    'biomaj/' + manifest.version + ' ' + process.platform + '-' + process.arch + ' node-' + process.version + '\n',
  )
} else {
  // Ink and some colour libraries know FORCE_COLOR only; it has to be set before they are imported.
  if (process.env.NO_COLOR || argv.indexOf('--no-color') !== -1) process.env.FORCE_COLOR = '0'
  require('node:module').enableCompileCache()
  import('../dist/cli/start.js')
    .then(
      function (cli) {
        return cli.start({argv: argv, root: root, exit: process.exit.bind(process)})
      },
      function (error) {
        process.stderr.write('biomaj is not built here (' + error.message + '). In a checkout, run: npm run build\n')
        process.exit(70)
      },
    )
    .catch(function (error) {
      process.stderr.write('biomaj could not start: ' + error.message + '\n')
      process.exit(70)
    })
}
