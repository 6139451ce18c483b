/** What commands about running clusters need; it loads neither database nor services. */
export {answersAt} from './answers-at.js'
export {Instances} from './instance.js'
export {logLines} from './log-lines.js'
export {stopCluster} from './stop-cluster.js'
