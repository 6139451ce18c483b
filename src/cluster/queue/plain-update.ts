import type {UpdateRequest} from './queue.js'

/** An update of which nothing special is asked. */
export function plainUpdate(bank: string): UpdateRequest {
  return {
    bank,
    publish: false,
    fromScratch: false,
    stopBefore: null,
    stopAfter: null,
    fromTask: null,
    process: null,
    release: null,
  }
}
