export {archiveKind} from './archive-kind.js'
export type {ExtractionLimits} from './budget.js'
export {type ChecksumRequest, verifyChecksums} from './checksums.js'
export {type Extraction, type ExtractionRequest, extractAll} from './extract-all.js'
