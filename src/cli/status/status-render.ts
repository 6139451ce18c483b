import {renderBlocks} from '../terminal/blocks.js'
import type {Io} from '../io.js'
import type {Runtime} from '../runtime.js'
import type {ShownStatus} from './status-view.js'

/** The screen of one look. Apart from `status-view.ts`, so that it loads while the cluster answers. */
export function renderStatus(
  {blocks}: ShownStatus,
  {io, runtime, attentionFirst = false}: {io: Io; runtime: Runtime; attentionFirst?: boolean},
): string {
  return renderBlocks(io, blocks({now: runtime.date(), relative: io.isTerminal}, {attentionFirst}))
}
