import {describe} from 'vitest'
import {startEmbeddedCluster} from '../support/embedded-cluster/index.js'
import {actionsOn} from './actions-suite.js'

describe('actions on the embedded cluster', () => {
  actionsOn(async () => startEmbeddedCluster(), {tellsJobs: true})
})
