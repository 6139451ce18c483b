import type {NamedAction} from '../../presentation/equivalent-command.js'
import {BiomajError} from '../../shared/errors.js'
import type {CommandId} from '../keys/actions.js'
import type {KnownFacts} from './facts.js'
import {type Field, type Values, yes} from './form.js'
import {chosenRelease, hasNoRelease, onlyRelease, releaseField, selectedIs, selectedRelease} from './release-choice.js'
import {updateFields, updateOptions} from './update-form.js'

/** What is to be sent. */
export interface Plan {
  action: NamedAction
  /** A repair also of a bank that a daemon says it works on. */
  evenIfBusy?: boolean
}

/** One thing that can be done to a bank, or to the cluster. */
export interface Command {
  about: 'bank' | 'cluster'
  /** Changes nothing, so that it is possible in read-only mode too. */
  reads?: boolean
  /** Why it makes no sense now, as far as one knows. */
  off?: (facts: KnownFacts) => string | undefined
  /** What it does, in a sentence. */
  explain: (facts: KnownFacts) => string
  fields?: (facts: KnownFacts, values: Values) => Field[]
  /** What the fields say before anybody changed them. */
  defaults?: (facts: KnownFacts) => Values
  /** @throws {BiomajError} why these answers cannot be sent */
  plan: (facts: KnownFacts, answers: Values) => Plan
}

// No release has such a name: it could be no part of a path.
const all = '/'

/** What can be done to a bank and to the cluster; the keys of it are in `keys/actions.ts`. */
export const commands: Readonly<Record<CommandId, Command>> = {
  update: {
    about: 'bank',
    off: facts => atWork(facts) ?? inMaintenance(facts),
    explain: ({bank}) => `Asks the cluster to update ${bank}.`,
    fields: updateFields,
    plan: (facts, answers) => ({action: {action: 'update', bank: facts.bank, update: updateOptions(answers, facts)}}),
  },
  cancel: {
    about: 'bank',
    off: ({bank, work}) => {
      if (work === null) return `No update of ${bank} runs or waits`
      return work === 'remove' || work === 'repair'
        ? `${bank} is at work (${work}), which cannot be cancelled`
        : undefined
    },
    explain: ({bank}) =>
      `Stops the update of ${bank} after what it does now: a download or a process runs to its end. One that waits ends when its turn comes.`,
    plan: ({bank}) => ({action: {action: 'cancel', bank}}),
  },
  publish: {
    about: 'bank',
    off: hasNoRelease,
    explain: ({bank}) => `Makes a release of ${bank} the one that everybody uses, as current.`,
    fields: facts => {
      const newest = facts.releases?.at(-1)?.release
      return [
        releaseField(facts, {first: {value: '', label: newest === undefined ? 'the newest' : `the newest, ${newest}`}}),
      ]
    },
    defaults: selectedRelease,
    plan: ({bank}, {release}) => ({action: {action: 'publish', bank, release}}),
  },
  unpublish: {
    about: 'bank',
    off: facts =>
      facts.releases?.some(({published}) => published) === false ? `Nothing of ${facts.bank} is published` : undefined,
    explain: ({bank, releases}) => {
      const current = releases?.find(({published}) => published)?.release
      return `Takes current away${current === undefined ? '' : ` from ${current}`}: whoever uses ${bank} by that name no longer finds it.`
    },
    plan: ({bank}) => ({action: {action: 'unpublish', bank}}),
  },
  freeze: {
    about: 'bank',
    off: facts => hasNoRelease(facts) ?? selectedIs(facts, ({frozen}) => frozen, 'is frozen already'),
    explain: ({bank}) => `Protects a release of ${bank} from removal, by people and by its own updates.`,
    fields: facts => [releaseField(facts, {fits: ({frozen}) => !frozen})],
    defaults: facts => onlyRelease(facts, ({frozen}) => !frozen),
    plan: (facts, answers) => ({action: {action: 'freeze', bank: facts.bank, release: chosenRelease(answers)}}),
  },
  unfreeze: {
    about: 'bank',
    off: facts =>
      hasNoRelease(facts) ??
      selectedIs(facts, ({frozen}) => !frozen, 'is not frozen') ??
      (facts.releases?.some(({frozen}) => frozen) === false ? `No release of ${facts.bank} is frozen` : undefined),
    explain: ({bank}) => `Gives a release of ${bank} free again: its updates may remove it.`,
    fields: facts => [releaseField(facts, {fits: ({frozen}) => frozen})],
    defaults: facts => onlyRelease(facts, ({frozen}) => frozen),
    plan: (facts, answers) => ({action: {action: 'unfreeze', bank: facts.bank, release: chosenRelease(answers)}}),
  },
  remove: {
    about: 'bank',
    off: facts =>
      selectedIs(facts, ({published}) => published, 'is published: publish another release first') ??
      selectedIs(facts, ({frozen}) => frozen, 'is frozen: unfreeze it first') ??
      atWork(facts) ??
      inMaintenance(facts),
    explain: ({bank}) =>
      `Removes a release of ${bank} with its files, or the whole bank but for its properties. For good.`,
    fields: (facts, values) => [
      releaseField(facts, {
        fits: ({published, frozen}) => !published && !frozen,
        last: {value: all, label: `all of ${facts.bank}`},
      }),
      ...(values['release'] === all ? [{id: 'force', kind: 'toggle', label: 'frozen ones too'} as const] : []),
    ],
    defaults: selectedRelease,
    plan: ({bank}, answers) =>
      answers['release'] === all
        ? {action: {action: 'remove-all', bank, force: answers['force'] === yes}}
        : {action: {action: 'remove', bank, release: chosenRelease(answers)}},
  },
  removePending: {
    about: 'bank',
    off: facts => (facts.pending?.length === 0 ? `Nothing of ${facts.bank} is pending` : atWork(facts)),
    explain: ({bank}) => `Removes what unfinished updates of ${bank} left behind.`,
    fields: ({pending}) => [
      {
        id: 'release',
        kind: 'choice',
        label: 'release',
        options: [
          {value: '', label: 'all that is pending'},
          ...(pending ?? []).flatMap(({release}) => (release === null ? [] : [{value: release, label: release}])),
        ],
      },
    ],
    plan: ({bank}, {release}) => ({action: {action: 'remove-pending', bank, release}}),
  },
  repair: {
    about: 'bank',
    off: inMaintenance,
    explain: ({bank}) =>
      `Takes away the lock that a dead run of ${bank} left, and marks the steps of that run as done.`,
    fields: facts => [
      releaseField(facts, {first: {value: '', label: 'the last run'}, label: 'run of'}),
      // A daemon that was killed goes on naming the bank, and then a repair is just what is needed.
      ...(facts.work ? [{id: 'evenIfBusy', kind: 'toggle', label: 'it is dead'} as const] : []),
    ],
    plan: ({bank, work}, {release, evenIfBusy}) => {
      if (work && evenIfBusy !== yes) {
        throw new BiomajError({
          code: 'bank_busy',
          message: `A daemon says that it works on ${bank}: a repair would disturb it`,
        })
      }
      return {action: {action: 'repair', bank, release}, evenIfBusy: evenIfBusy === yes}
    },
  },
  check: {
    about: 'bank',
    reads: true,
    explain: ({bank}) => `Asks whether the cluster takes the properties of ${bank}. Changes nothing.`,
    plan: ({bank}) => ({action: {action: 'check', bank}}),
  },
  maintenance: {
    about: 'cluster',
    explain: () =>
      'In maintenance the cluster starts no update, no removal and no repair. Only for its administrators.',
    fields: () => [
      {
        id: 'mode',
        kind: 'choice',
        label: 'maintenance',
        options: [
          {value: 'on', label: 'on'},
          {value: 'off', label: 'off'},
        ],
      },
    ],
    defaults: ({maintenance}) => ({mode: maintenance === true ? 'off' : 'on'}),
    plan: (_, {mode}) => ({action: {action: 'maintenance', on: mode !== 'off'}}),
  },
}

function atWork({bank, work}: KnownFacts): string | undefined {
  return work ? `${bank} is at work (${work})` : undefined
}

function inMaintenance({maintenance}: KnownFacts): string | undefined {
  return maintenance === true ? 'The cluster is in maintenance' : undefined
}
