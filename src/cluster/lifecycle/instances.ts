/** What commands about running clusters need; it loads neither database nor services. */
export {Instances, instanceOf} from './instance.js'
export {stopCluster} from './stop-cluster.js'
