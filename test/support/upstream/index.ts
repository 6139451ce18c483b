export {ftpUpstreamAvailable, startFtpUpstream} from './ftp.ts'
export {startHttpUpstream} from './http.ts'
export type {HttpUpstream} from './http.ts'
export {startLocalUpstream} from './local.ts'
