import {useStdout} from 'ink'
import {useRef} from 'react'
import {equivalentCommand, type NamedAction} from '../../presentation/equivalent-command.js'
import {commandLine} from '../../presentation/shell-words.js'
import {sanitise} from '../../shared/sanitise.js'
import {useDashboard} from '../dashboard-context.js'
import type {Offer} from '../keys/key-router.js'
import type {Screen} from '../state/ui-state.js'
import {viewCommand} from './view-command.js'
import {clipboardSequence} from '../terminal/clipboard.js'

export interface Copy {
  text: (text: string) => void
  /** The first of some texts; when that was copied just before, the next one, and so on. */
  oneOf: (texts: readonly string[]) => void
  /** The command line that does the same on this cluster. */
  command: (action: NamedAction) => void
  /** The command line of ours that shows the same as a screen, if there is one. */
  view: (screen: Screen) => Offer
}

/** Puts things on the clipboard of the user's terminal, and says so. */
export function useCopy(): Copy {
  const {host, cluster, dispatch} = useDashboard()
  const {stdout} = useStdout()
  const last = useRef<string>(undefined)
  const text = (copied: string): void => {
    const sequence = clipboardSequence(copied, {inTmux: host.inTmux})
    if (sequence === undefined) {
      dispatch({type: 'toast', tone: 'worry', text: 'That is too long for the clipboard'})
      return
    }
    stdout.write(sequence)
    last.current = copied
    dispatch({type: 'toast', tone: 'good', text: `Copied: ${sanitise(copied)}`})
  }
  const context = cluster.name === cluster.url ? undefined : cluster.name
  const where = context === undefined ? ['--proxy', cluster.url] : ['--context', context]
  return {
    text,
    oneOf: texts => text(texts[(texts.indexOf(last.current ?? '') + 1) % texts.length] ?? ''),
    command: action => text(equivalentCommand(action, {proxy: new URL(cluster.url), context})),
    view: screen => {
      const words = viewCommand(screen)
      if (words === undefined) return {run: () => undefined, off: 'No command shows the same'}
      return {run: () => text(commandLine(['biomaj', ...words, ...where]))}
    },
  }
}
