/** What commands take from the embedded cluster; imported when a command runs, never before. */
/** @public taken from the whole module */
export {Instances} from './instance.js'
export {readSettings} from '../settings/read-settings.js'

/** @public taken from the whole module */
export {openSite} from './open-site.js'
export {isSite, resetSite} from './reset-site.js'
export {addBankFrom, bankUnknown, forgetBank, listBanks} from './site-banks.js'
export {entryUnknown, scheduleOf} from './site-schedule.js'
export {startCluster} from './start-cluster.js'
export {inTemporaryFolder} from './temporary-folder.js'
