import {startDownloadWorkers, startProcessWorkers} from '../../../../src/cluster/workers/index.js'
import {openWorkplace} from './site.js'

// A process of its own that works on the database of `root`, until it is killed.
const [, , root = '', leaseMs = '1000'] = process.argv
const {context} = openWorkplace({root, leaseMs: Number(leaseMs)})
await startProcessWorkers({context, env: process.env, slots: 2})
await startDownloadWorkers({context, env: {}, slots: 2})
process.stdout.write('ready\n')
