export {archiveKind} from './archive-kind.js'
export {verifyChecksums} from './checksums.js'
export {type ExtractionRequest, extractAll} from './extract-all.js'
