import {BiomajError} from '../../../shared/errors.js'
import {told} from '../told.js'
import type {PlannedProcess} from './process-plan.js'

/**
 * The arguments of a process with each `${name}` replaced by the variable of that name, as BioMAJ does it before a
 * shell sees them. Names that are not among the variables are left to the shell.
 *
 * @throws {BiomajError} `refused` when the release has characters that a shell would obey: it is named by the remote
 *   side, and its name is part of the command line
 */
export function processArguments(process: PlannedProcess, environment: Readonly<Record<string, string>>): string {
  if (process.expand) refuseCommandsInReleases(environment)
  return process.args.replaceAll(/\$\{([^{}$]*)\}/g, (reference, name: string) =>
    Object.hasOwn(environment, name) ? (environment[name] ?? '') : reference,
  )
}

function refuseCommandsInReleases(environment: Readonly<Record<string, string>>): void {
  for (const name of ['remoterelease', 'localrelease', 'removedrelease']) {
    const value = environment[name] ?? ''
    if (/^[\p{L}\p{N} ._+:,@=~%/^-]*$/u.test(value)) continue
    throw new BiomajError({
      code: 'refused',
      message: told`No process is run for a release of this name, which a shell would take for commands: ${value}`,
      hint: 'Narrow release.regexp, so that it finds the number of the release alone.',
    })
  }
}
