/** What `biomaj cluster config` needs; it loads neither database nor services. */
export {newGlobalProperties} from './global-properties.js'
export {readSettings} from './read-settings.js'
