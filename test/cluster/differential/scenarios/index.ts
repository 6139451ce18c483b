import type {Scenario} from '../scenario.ts'
import {archives} from './archives.ts'
import {dependencies} from './dependencies.ts'
import {processScenarios} from './processes.ts'
import {releases} from './releases.ts'
import {sources} from './sources.ts'
import {stepScenarios} from './steps.ts'

export const scenarios: readonly Scenario[] = [
  ...releases,
  ...sources,
  ...archives,
  ...processScenarios,
  ...dependencies,
  ...stepScenarios,
]
