import {actionsOn} from '../operations/actions-suite.js'
import {describeRealCluster} from '../support/real-cluster/describe.js'
import {startRealCluster} from '../support/real-cluster/index.js'

describeRealCluster('actions on unmodified BioMAJ', () => {
  actionsOn(async () => startRealCluster({admin: 'admin'}), {tellsJobs: false})
})
