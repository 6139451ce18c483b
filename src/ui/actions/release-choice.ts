import type {Release} from '../../api/contract/bank.js'
import {BiomajError} from '../../shared/errors.js'
import type {KnownFacts} from './facts.js'
import type {Field, Option, Values} from './form.js'

interface ReleaseFieldOptions {
  /** Which releases can be chosen; all without it. */
  fits?: (release: Release) => boolean
  /** What stands before them; `which one?` without it. */
  first?: Option
  last?: Option
  label?: string
}

/** A choice among the releases of a bank, the newest first. */
export function releaseField(
  {releases, release: selected}: KnownFacts,
  {fits = () => true, first, last, label = 'release'}: ReleaseFieldOptions,
): Field {
  const known = (releases ?? []).filter(fits).map(({release}) => ({value: release, label: release}))
  // The selected one is there before the bank was read.
  const own =
    releases === undefined && selected !== undefined ? [{value: selected, label: selected}] : known.toReversed()
  return {
    id: 'release',
    kind: 'choice',
    label,
    options: [first ?? {value: '', label: releases ? 'which one?' : '… reading'}, ...own, ...(last ? [last] : [])],
  }
}

export function selectedRelease({release}: KnownFacts): Values {
  return release === undefined ? {} : {release}
}

/** As `selectedRelease`; of several that fit none is taken for granted. */
export function onlyRelease(facts: KnownFacts, fits: (release: Release) => boolean): Values {
  const [first, ...others] = (facts.releases ?? []).filter(fits)
  const only = first !== undefined && others.length === 0 ? {release: first.release} : {}
  return {...only, ...selectedRelease(facts)}
}

/** @throws {BiomajError} `usage` while none is chosen */
export function chosenRelease({release}: Values): string {
  if (release !== undefined) return release
  throw new BiomajError({code: 'usage', message: 'Choose a release'})
}

export function hasNoRelease({bank, releases}: KnownFacts): string | undefined {
  return releases?.length === 0 ? `${bank} has no release` : undefined
}

/** The reason why nothing can be done about the selected release, if it is one of those. */
export function selectedIs(
  {releases, release: selected}: KnownFacts,
  holds: (release: Release) => boolean,
  reason: string,
): string | undefined {
  const found = releases?.find(({release}) => release === selected)
  return found !== undefined && holds(found) ? `${found.release} ${reason}` : undefined
}
