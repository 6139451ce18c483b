export {startDownloadWorkers} from './download-worker.js'
export {startProcessWorkers} from './process-worker.js'
export {startUpdateWorkers, type UpdateWorkerOptions} from './update-worker.js'
