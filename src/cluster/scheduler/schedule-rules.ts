import {BankFiles} from '../daemon/bank-files.js'
import {BankProperties, isTrue} from '../engine/properties/bank-properties.js'
import {readPropertiesFile} from '../engine/properties/read-file.js'
import type {ClusterSettings} from '../settings/cluster-settings.js'

/** What a bank's properties say about looking for new releases. */
export interface ScheduleRules {
  /** `schedule.auto`; null when nobody said. */
  auto: boolean | null
  /** `schedule.delay`: least days between two looks. */
  delayDays: number
  /** `schedule.execute`: whether a new release is fetched, and not only noted. */
  execute: boolean
}

export interface RulesOfBank {
  /** Undefined for a bank without a file that can be read. */
  (bank: string): Promise<ScheduleRules | undefined>
}

/** Reads the rules from the bank's file and `global.properties`, anew each time. */
export function rulesFromFiles(
  {globalProperties, dataDirectory}: Pick<ClusterSettings, 'globalProperties' | 'dataDirectory'>,
  env: Readonly<Record<string, string | undefined>>,
): RulesOfBank {
  const files = new BankFiles({globalProperties, dataDirectory, env})
  return async bank => {
    const own = await readPropertiesFile(await files.pathOf(bank), dataDirectory)
    if (!own.ok || own.ini.problems.length > 0) return undefined
    const shared = await readPropertiesFile(globalProperties, dataDirectory)
    const global = shared.ok && shared.ini.problems.length === 0 ? shared.ini : undefined
    const budget = {references: 100_000, characters: 1024 ** 2}
    return rulesOf(new BankProperties({bank: own.ini, global, env, budget}))
  }
}

export function rulesOf(properties: BankProperties): ScheduleRules {
  const text = (key: string) => {
    const property = properties.resolve(key)
    return property?.ok === true ? property.value : undefined
  }
  const auto = text('schedule.auto')
  const delay = Number(text('schedule.delay') ?? 0)
  return {
    auto: auto === undefined ? null : isTrue(auto),
    delayDays: Number.isInteger(delay) && delay > 0 ? Math.min(delay, 3650) : 0,
    execute: isTrue(text('schedule.execute') ?? 'true'),
  }
}
