#!/usr/bin/env node
// Plain old JavaScript: this file must still run, and say why it will not go on, on a Node that is too old.
var version = process.versions.node.split('.').map(Number)
if (version[0] < 22 || (version[0] === 22 && version[1] < 13)) {
  process.stderr.write(
    'biomaj needs Node.js 22.13 or newer; this is ' + process.version + ' (' + process.execPath + ').\n',
  )
  process.exit(2)
}
import('./biomaj.js')
