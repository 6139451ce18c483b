import {useMemo, useState} from 'react'
import {line, type Line} from '../../../presentation/text.js'
import {useCopy} from '../../actions/use-copy.js'
import {useDashboard} from '../../dashboard-context.js'
import {isAging} from '../../data/feed.js'
import {LogMatches} from '../../data/log-buffer.js'
import {activitySource} from '../../data/sources.js'
import {ageNote, reasonLines} from '../../kit/age.js'
import {indent, titleLine} from '../../kit/panels.js'
import {Rows} from '../../kit/rows.js'
import {edited} from '../../keys/key.js'
import {useKeys} from '../../kit/use-keys.js'
import {useNowMs} from '../../kit/use-now.js'
import {useFeed, useSource} from '../../kit/use-source.js'
import {listId, listOf} from '../../state/ui-state.js'
import {BankKeys} from '../bank-keys.js'
import type {ViewProps} from '../view.js'
import {logLine, prefixWidth} from './log-lines.js'
import {type LogPlace, logWindow, movedPlace, nextMatch} from './log-window.js'
import {useLog} from './use-log.js'

/** `end` follows. */
type Place = 'end' | (LogPlace & {/** Lines that there were when the reader began to look around. */ known: number})

/** The log of a bank's last or running update: followed until somebody looks around, searched, filtered. */
export function Log({bank, width, height}: ViewProps & {bank: string}) {
  const {painter, state, dispatch, feed} = useDashboard()
  const {buffer, kept, pauseMs, refresh} = useLog(bank)
  const board = useFeed()
  const {activity} = useSource(activitySource)
  const nowMs = useNowMs(kept.error !== undefined || isAging(board))
  const [place, setPlace] = useState<Place>('end')
  const [isWrapped, setWrapped] = useState(true)
  const [isOnlyMatches, setOnlyMatches] = useState(false)
  const [current, setCurrent] = useState<number | undefined>(undefined)
  const list = listId({view: 'log', bank})
  const query = listOf(state, list).filter
  const {isFiltering: isTyping} = state

  const search = useMemo(() => (query === '' ? undefined : new LogMatches(buffer, query)), [buffer, query])
  const matches = search?.numbers() ?? []
  const reasons = reasonLines(kept, board)
  const hasSearch = query !== '' || isTyping
  const bodyHeight = Math.max(1, height - 1 - reasons.length - (hasSearch ? 1 : 0))
  const room = {
    buffer,
    only: isOnlyMatches && query !== '' ? matches : undefined,
    width: Math.max(8, width - prefixWidth(width) - 1),
    height: bodyHeight,
    isWrapped,
  }
  const shown = logWindow(room, place)
  const known = place === 'end' ? buffer.next : place.known

  const lookAt = (at: LogPlace) => setPlace({...at, known})
  const move = (by: number) => () => {
    const next = movedPlace(room, shown.top, by)
    // Whoever comes back to the end follows again.
    if (by > 0 && logWindow(room, next).isAtEnd) setPlace('end')
    else lookAt(next)
  }
  const goTo = (match: number | undefined) => {
    if (match === undefined) return
    setCurrent(match)
    const isOnScreen = shown.rows.some(row => row.line === match)
    lookAt(isOnScreen ? shown.top : movedPlace(room, {line: match, row: 0}, -Math.floor(bodyHeight / 3)))
  }
  const lastLine = shown.rows.at(-1)?.line ?? buffer.next
  const step = (direction: 'next' | 'previous') => () => goTo(nextMatch(matches, current ?? lastLine, direction))
  // The match that one is at, else the last line on screen.
  const entry = buffer.at(current ?? lastLine)
  const copied = entry && [entry.date, entry.time, entry.message].filter(part => part !== '').join(' ')
  const copy = useCopy()
  useKeys({
    offers: {
      up: move(-1),
      down: move(1),
      pageUp: move(1 - bodyHeight),
      pageDown: move(bodyHeight - 1),
      top: () => lookAt({line: buffer.first, row: 0}),
      bottom: () => setPlace('end'),
      follow: () => (place === 'end' ? lookAt(shown.top) : setPlace('end')),
      search: () => {
        setCurrent(undefined)
        dispatch({type: 'filtering', on: true})
      },
      wrap: () => setWrapped(!isWrapped),
      ...(copied === undefined ? {} : {copy: () => copy.text(copied)}),
      refresh: () => {
        feed.refresh()
        refresh()
      },
      ...(query === ''
        ? {}
        : {
            nextMatch: step('next'),
            previousMatch: step('previous'),
            onlyMatches: () => setOnlyMatches(!isOnlyMatches),
          }),
    },
    take: isTyping ? key => take(key) : undefined,
  })

  function take(key: string): boolean {
    if (key === 'enter') {
      dispatch({type: 'filtering', on: false})
      // The newest one that was on screen or before, as the end is where one looks at a log.
      goTo(nextMatch(matches, lastLine + 1, 'previous'))
      return true
    }
    const filter = edited(query, key)
    if (filter === undefined) return false
    dispatch({type: 'filter', list, filter})
    return true
  }

  const action = activity.value?.daemons.find(daemon => daemon.bank === bank)?.action
  const date = shown.rows.findLast(row => row.entry.date !== '')?.entry.date
  const age = ageNote(kept, {nowMs, feed: {...board, intervalMs: pauseMs, pauseMs}})
  const news = buffer.next - known
  const following: Line =
    place === 'end'
      ? [{text: '▼ follows  ', tone: 'calm'}]
      : [{text: `‖ stands${news > 0 ? `, +${news} new` : ''}  `, tone: news > 0 ? 'busy' : 'worry'}]
  const title = ['Log', ...(date === undefined ? [] : [date]), ...(action === undefined ? [] : [`▶ ${action}`])].join(
    '  ',
  )
  const paint = (content: Line) => painter.row(content, width)
  const pad = ' '.repeat(indent)
  return (
    <>
      <Rows
        height={height}
        rows={[
          paint(titleLine({title, note: [...following, ...age]}, width)),
          ...reasons.map(reason => paint([{text: pad}, ...reason])),
          ...(hasSearch ? [paint(searchLine({query, isTyping, isOnlyMatches, matches, current}))] : []),
          ...shown.rows.map(row => painter.row(logLine(row, {query, current}, width), width)),
          ...(shown.rows.length === 0 && kept.value !== undefined
            ? [paint(line(pad, {text: query === '' ? 'The log is empty.' : 'No line matches.', tone: 'calm'}))]
            : []),
        ]}
      />
      <BankKeys bank={bank} />
    </>
  )
}

interface Search {
  query: string
  isTyping: boolean
  isOnlyMatches: boolean
  matches: readonly number[]
  current: number | undefined
}

function searchLine({query, isTyping, isOnlyMatches, matches, current}: Search): Line {
  const at = current === undefined ? -1 : matches.indexOf(current)
  const counted = at === -1 ? `${matches.length} lines` : `${at + 1} of ${matches.length} lines`
  return [
    {text: isOnlyMatches ? ' & ' : ' / ', tone: 'busy'},
    {text: `${query}${isTyping ? '▏' : ''}`},
    {text: query === '' ? '' : `  ${counted}${isOnlyMatches ? ', only these' : ''}`, tone: 'calm'},
  ]
}
