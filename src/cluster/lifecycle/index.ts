/** What commands take from the embedded cluster; imported when a command runs, never before. */
export {readSettings} from '../settings/read-settings.js'
export {watchParent} from './parent-watch.js'
export {startCluster} from './start-cluster.js'
export {makeTemporaryFolder} from './temporary-folder.js'
