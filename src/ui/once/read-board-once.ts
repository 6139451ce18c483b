import {type ClusterBoard, readBoard} from '../../operations/board/cluster-board.js'
import type {Line} from '../../presentation/text.js'
import type {Clock} from '../../shared/clock.js'
import type {FeedSnapshot} from '../data/feed.js'
import {keep, nothingYet} from '../data/kept.js'
import type {KeptParts} from '../data/source.js'
import {type Board, boardSource} from '../data/sources.js'
import {whoText} from '../frame/who-text.js'
import type {ClusterChoice} from '../host.js'
import {Painter} from '../kit/paint.js'
import type {Panel} from '../kit/panels.js'
import {hasTwoColumns} from '../kit/panels.js'
import {overviewPanels} from '../views/overview/overview-panels.js'

export interface OnceHost {
  cluster: ClusterChoice
  clock: Clock
  date: () => Date
  signal: AbortSignal
}

/** The JSON document of `biomaj dashboard --once`: that of `biomaj status`, with what the board makes of it. */
export interface OnceDocument extends ClusterBoard {
  /** RFC 3339, in UTC. */
  at: string
  cluster: string
  context: string | null
  user: string | null
  readOnly: boolean
  /** What stands under Attention; empty when nothing needs anybody. `error` is broken, `warning` may be. */
  attention: Array<{severity: 'error' | 'warning'; text: string}>
}

export interface OnceBoard {
  document: OnceDocument
  /** The overview as text, made safe for a terminal; `columns` may be infinite, as in a pipe. */
  text: (look: {columns: number; color: boolean}) => string
}

/**
 * The board as it is now.
 *
 * @throws {BiomajError} the first reason, when nothing could be read
 */
export async function readBoardOnce({cluster, clock, date, signal}: OnceHost): Promise<OnceBoard> {
  const client = await cluster.connect(signal)
  const board = await readBoard(client, {signal, clock})
  const now = date()
  const at = now.toISOString()
  const panelsFor = (columns: number) => boardPanels(board, {nowMs: clock.nowMs(), now, columns})
  const attention = panelsFor(pipeColumns).find(({title}) => title === 'Attention')?.lines ?? []
  const {name, url, readOnly} = cluster
  const caller = board.caller?.available === true ? board.caller.value : null
  return {
    document: {
      at,
      cluster: url,
      context: name === url ? null : name,
      user: caller?.id ?? cluster.user ?? null,
      readOnly,
      attention: attention.flatMap(({content}) => finding(content)),
      ...board,
    },
    text: ({columns, color}) => {
      const head: Line = [
        {text: 'BioMAJ  ', tone: 'title'},
        {text: name, tone: 'busy'},
        ...(name === url ? [] : [{text: `  ${url}`}]),
        {text: `  ${whoText(cluster, caller)}`},
        ...(readOnly ? [{text: '  read-only', tone: 'worry' as const}] : []),
        {text: `  ${at.replace(/\.\d+Z$/, 'Z')}`, tone: 'calm'},
      ]
      const painter = new Painter({color})
      const paint = (line: Line) => (color ? painter.row(line, columns) : plainRow(painter, line, columns))
      return [paint(head), ...panelsFor(columns).flatMap(panel => ['', ...panelLines(panel).map(paint)])]
        .map(row => row.trimEnd())
        .join('\n')
    },
  }
}

const pipeColumns = 100
const untold = {available: true, value: null} as const
const indent = 2

function boardPanels(board: ClusterBoard, {nowMs, now, columns}: {nowMs: number; now: Date; columns: number}): Panel[] {
  const {jobs = untold, caller = untold, ...rest} = board
  const parts = {...rest, jobs, caller}
  const kept = Object.fromEntries(
    boardSource.parts.map(name => [name, keep<unknown>(nothingYet, parts[name], nowMs)]),
  ) as unknown as KeptParts<Board>
  const feed: FeedSnapshot = {
    connection: {state: 'live'},
    paused: false,
    intervalMs: Number.POSITIVE_INFINITY,
    pauseMs: 0,
    unansweredSinceMs: undefined,
    known: new Map(),
  }
  const width = Number.isFinite(columns) ? columns : pipeColumns
  return overviewPanels({
    board: kept,
    depths: [],
    since: new Map(),
    troubles: new Map(),
    feed,
    nowMs,
    now,
    width: width - indent,
    isWide: hasTwoColumns(width),
  })
}

/** Its age is that of the whole board, which stands at the top. */
function panelLines({title, lines}: Panel): Line[] {
  return [[{text: title, tone: 'title'}], ...lines.map(({content}): Line => [{text: ' '.repeat(indent)}, ...content])]
}

/** The symbol at the beginning says what the severity says. */
function finding([symbol, ...words]: Line): OnceDocument['attention'] {
  if (symbol?.tone !== 'bad' && symbol?.tone !== 'worry') return []
  return [{severity: symbol.tone === 'bad' ? 'error' : 'warning', text: words.map(({text}) => text).join('')}]
}

function plainRow(painter: Painter, line: Line, columns: number): string {
  return painter.row(
    line.map(({text}) => ({text})),
    columns,
  )
}
