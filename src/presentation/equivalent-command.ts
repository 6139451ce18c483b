import type {UpdateOptions} from '../api/resources/banks.js'
import {commandLine} from './shell-words.js'

/** Something that can be done on a cluster, as a command line would say it. */
export type NamedAction =
  | {action: 'update'; bank: string; update?: UpdateOptions | undefined}
  | {action: 'cancel' | 'unpublish' | 'check'; bank: string}
  | {action: 'publish' | 'remove-pending' | 'repair'; bank: string; release?: string | undefined}
  | {action: 'freeze' | 'unfreeze' | 'remove'; bank: string; release: string}
  | {action: 'remove-all'; bank: string; force?: boolean | undefined}
  | {action: 'maintenance'; on: boolean}

/**
 * The command line that does the same, for a POSIX shell: of `biomaj` where it has the command, else of `biomaj-cli.py`,
 * which takes the key from BIOMAJ_APIKEY. It never has a key in it.
 *
 * @param proxy address of the cluster, for what only `biomaj-cli.py` can do
 */
export function equivalentCommand(
  action: NamedAction,
  {proxy, context}: {proxy: URL; context?: string | undefined},
): string {
  const own = ownCommand(action)
  if (own)
    return commandLine([
      'biomaj',
      ...own,
      ...(context === undefined ? flag('proxy', address(proxy)) : flag('context', context)),
    ])
  const words = ['biomaj-cli.py', ...flag('proxy', address(proxy))]
  return `${commandLine(words)} --api-key "$BIOMAJ_APIKEY" ${commandLine(originalWords(action))}`
}

function ownCommand(action: NamedAction): string[] | undefined {
  if (action.action === 'cancel') return ['cancel', ...flag('bank', action.bank)]
  if (action.action !== 'update') return undefined
  const {publish, fromScratch, release, fromTask, process, stopBefore, stopAfter} = action.update ?? {}
  return [
    'update',
    ...flag('bank', action.bank),
    ...(publish === true ? ['--publish'] : []),
    ...(fromScratch === true ? ['--from-scratch'] : []),
    ...flag('release', release),
    ...flag('from-task', fromTask),
    ...flag('process', process),
    ...flag('stop-before', stopBefore),
    ...flag('stop-after', stopAfter),
  ]
}

function originalWords(action: NamedAction): string[] {
  if (action.action === 'maintenance') return ['--maintenance', action.on ? 'on' : 'off']
  return [
    `--${action.action}`,
    ...flag('bank', action.bank),
    ...('release' in action ? flag('release', action.release) : []),
    ...('force' in action && action.force === true ? ['--force'] : []),
  ]
}

/** A value that begins with a dash would be taken for a flag of its own. */
function flag(name: string, value: string | undefined): string[] {
  if (value === undefined) return []
  return value.startsWith('-') ? [`--${name}=${value}`] : [`--${name}`, value]
}

/** Without the slash that URL puts at the end, after which the original client would write a second one. */
function address(url: URL): string {
  return url.href.replace(/\/$/, '')
}
