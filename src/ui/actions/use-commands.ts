import {useSyncExternalStore} from 'react'
import {useDashboard} from '../dashboard-context.js'
import {type CommandId, commandIds} from '../keys/actions.js'
import type {Offer} from '../keys/key-router.js'
import {useFeed} from '../kit/use-source.js'
import {currentScreen} from '../state/ui-state.js'
import {commands} from './commands.js'
import {whyOff} from './dialog-model.js'
import {type Facts, factsOf, type Subject} from './facts.js'

/** What is known of the subject of a command. */
export function useFacts(subject: Subject): Facts {
  return useFactsOf()(subject)
}

function useFactsOf(): (subject: Subject) => Facts {
  const {cluster, runner, showing, state} = useDashboard()
  const feed = useFeed()
  const onTheirWay = useSyncExternalStore(runner.subscribe, runner.getSnapshot)
  const screen = currentScreen(state)
  const {modal} = state
  return subject => {
    const isRead =
      (screen.view === 'bank' && screen.bank === subject.bank) ||
      (modal?.kind === 'command' && modal.bank === subject.bank)
    return factsOf(subject, {feed, cluster, isRead, sending: onTheirWay.get(subjectKey(showing, subject.bank))})
  }
}

/** All commands about a bank and its cluster: each opens its dialog, or says why not. */
export function useCommandOffers(subject: Subject): Record<CommandId, Offer> {
  const {dispatch} = useDashboard()
  const factsAbout = useFactsOf()
  const nothing = {bank: undefined, release: undefined}
  // Each looks through all banks: once for all commands.
  const [aboutBank, aboutCluster] = [factsAbout(subject), factsAbout(nothing)]
  const offers = commandIds.map(command => {
    const isAboutCluster = commands[command].about === 'cluster'
    const own = isAboutCluster ? nothing : subject
    const run = () => dispatch({type: 'modal', modal: {kind: 'command', command, ...own}})
    return [command, {run, off: whyOff(command, isAboutCluster ? aboutCluster : aboutBank)}]
  })
  return Object.fromEntries(offers) as Record<CommandId, Offer>
}

/** By what the runner tells subjects apart: banks of the same name on two clusters are two. */
export function subjectKey(showing: number, bank: string | undefined): string {
  return `${showing} ${bank ?? ''}`
}
