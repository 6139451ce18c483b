import {useApp} from 'ink'
import {useLayoutEffect} from 'react'
import type {TerminalControl} from './terminal-control.js'

/**
 * Gives the terminal's control what it needs of Ink, and a function that takes the keys which do, whatever is typed or
 * open, what they do in every terminal.
 */
export function useTerminalKeys(
  terminal: TerminalControl,
  end: (how: 'interrupted') => void,
): (key: string) => boolean {
  const {suspendTerminal} = useApp()
  useLayoutEffect(() => terminal.attach(async () => suspendTerminal()), [terminal, suspendTerminal])
  return key => {
    switch (key) {
      case 'ctrl-c':
        end('interrupted')
        return true
      case 'ctrl-z':
        void terminal.suspend()
        return true
      case 'ctrl-l':
        terminal.drawAnew()
        return true
      default:
        return false
    }
  }
}
