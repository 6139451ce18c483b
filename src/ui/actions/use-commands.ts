import {useSyncExternalStore} from 'react'
import {useDashboard} from '../dashboard-context.js'
import {type CommandId, commandIds} from '../keys/actions.js'
import type {Offer} from '../keys/key-router.js'
import {useFeed} from '../kit/use-source.js'
import {whyOff} from './dialog-model.js'
import {type Facts, factsOf, type Subject} from './facts.js'

/** What is known of the subject of a command. */
export function useFacts(subject: Subject): Facts {
  const {cluster, runner, showing} = useDashboard()
  const feed = useFeed()
  const onTheirWay = useSyncExternalStore(runner.subscribe, runner.getSnapshot)
  return factsOf(subject, {feed, cluster, sending: onTheirWay.get(subjectKey(showing, subject.bank))})
}

/** All commands about a bank and its cluster: each opens its dialog, or says why not. */
export function useCommandOffers(subject: Subject): Record<CommandId, Offer> {
  const {dispatch} = useDashboard()
  const facts = useFacts(subject)
  const {bank, release} = subject
  const offers = commandIds.map(command => [
    command,
    {
      run: () => dispatch({type: 'modal', modal: {kind: 'command', command, bank, release}}),
      off: whyOff(command, facts),
    },
  ])
  return Object.fromEntries(offers) as Record<CommandId, Offer>
}

/** By what the runner tells subjects apart: banks of the same name on two clusters are two. */
export function subjectKey(showing: number, bank: string | undefined): string {
  return `${showing} ${bank ?? ''}`
}
