import path from 'node:path'
import type {Runtime} from '../runtime.js'
import {chooseInstance, type RunningInstance} from './find-instance.js'
import {settingsInput} from './site-flags.js'

/** Settings of the cluster that a command about banks and users means: the one that runs, else that of the default folder. */
export function settingsOfSite(
  flags: {data?: string | undefined; config?: string | undefined},
  running: readonly RunningInstance[],
  runtime: Runtime,
) {
  const input = settingsInput(flags, runtime)
  const instance = chooseInstance(running, {
    data: flags.data,
    defaultDataDirectory: input.defaultDataDirectory,
    runtime,
  })
  return {...input, dataDirectory: instance?.dataDirectory ?? input.dataDirectory}
}

/** A file as it was given, made absolute. */
export function absolute(file: string, {cwd}: Pick<Runtime, 'cwd'>): string {
  return path.resolve(cwd, file)
}
