// A cluster in a process of its own: `child-main ROOT OPTIONS`, OPTIONS being the JSON of `startInProcess`. Prints one
// JSON line when it serves; ends on SIGTERM, and when its standard input ends.
import type {ClusterUser} from '../real-cluster/index.js'
import {startInProcess} from './in-process.js'

const [root = '', options = ''] = process.argv.slice(2)
const cluster = await startInProcess(root, JSON.parse(options) as {admin: ClusterUser; port: number})
process.stdout.write(`${JSON.stringify({event: 'ready', ...cluster.instance})}\n`)
const stop = (): void => {
  cluster.stop({immediately: true}).catch((error: unknown) => {
    process.stderr.write(`${String(error)}\n`)
    process.exitCode = 1
  })
  // Nothing is left to wait for then.
  process.stdin.destroy()
}
process.once('SIGTERM', stop)
process.stdin.once('end', stop).resume()
