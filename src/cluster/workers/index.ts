export {type DownloadWorkerOptions, startDownloadWorkers} from './download-worker.js'
export {type ProcessWorkerOptions, startProcessWorkers} from './process-worker.js'
export {startUpdateWorkers, type UpdateWorkerOptions} from './update-worker.js'
