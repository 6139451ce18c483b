import {Errors} from '@oclif/core'
import {BiomajError, type ErrorCode} from '../shared/errors.js'
import {sanitise} from '../shared/sanitise.js'
import {exitCodes} from './exit-codes.js'
import type {Io} from './io.js'
import {nearestOf} from '../shared/nearest.js'

/** What to do about an error, where the place that threw it knew nothing better. */
const hints: Partial<Record<ErrorCode, string>> = {
  no_cluster:
    'Choose one with `biomaj login URL`, --proxy or BIOMAJ_PROXY, or start your own with `biomaj cluster start`.',
  login_required: 'Run `biomaj login`, or set BIOMAJ_APIKEY.',
  key_invalid: 'It may have been renewed: run `biomaj login` again, or correct BIOMAJ_APIKEY.',
  bad_credentials: 'Check user and password.',
  forbidden: 'Its owner or an administrator may; `biomaj about-me --banks` shows what you own.',
  read_only:
    'BIOMAJ_READ_ONLY, --read-only or the context says so; `biomaj login --no-read-only` takes it out of the context.',
  redirect_refused:
    'Your key goes only to the address that you chose. If the new one is right, run `biomaj login` with it.',
  bank_not_found: 'See `biomaj banks` for those that you may see.',
  bank_locked: 'An action is at work, or died and left its lock: `biomaj status` tells which.',
  maintenance: 'Wait until an administrator ends it; `biomaj status` shows when it is over.',
  unreachable: 'Check the address, the network and whether the cluster runs.',
  timeout: 'Try again, or allow more with --request-timeout.',
  tls: 'Give the certificate authority with --ca-file FILE, or check the address.',
  protocol: "Is this the address of a BioMAJ public proxy? A network's login page looks like this too.",
  server_error: "An administrator finds the cause in the log of the daemon's web service.",
  internal: 'This is a bug in biomaj: run again with --debug and report what it prints.',
}

/** The command that failed, for advice about its flags. */
export interface FailedCommand {
  id: string
  flags: Readonly<Record<string, unknown>>
}

/** Any thrown value as one of our errors. */
function toBiomajError(error: unknown, command: FailedCommand | undefined): BiomajError {
  if (error instanceof BiomajError) {
    // The parser adds its words to what the parser of a flag throws.
    if (!error.message.endsWith(moreHelp)) return error
    const {code, hint, details} = error
    return new BiomajError({code, message: parserWords(error.message), hint, details, cause: error})
  }
  if (error instanceof Errors.CLIError) {
    const message = parserWords(error.message)
    return new BiomajError({code: 'usage', message, hint: usageHint(message, command), cause: error})
  }
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  return new BiomajError({code: 'internal', message, cause: error})
}

const moreHelp = '\nSee more help with --help'

/** What oclif's parser says, as one line, without its preface and without the advice that our hint gives better. */
function parserWords(message: string): string {
  return message
    .replace(moreHelp, '')
    .replace(/\s*\n\s*Note: (--.*) allows? multiple values[\s\S]*$/, ' Give it before $1.')
    .replace(/^The following errors? occurred:/, '')
    .replace(/^Parsing (--\S+)/, '$1:')
    .replaceAll(/\s*\n\s*/g, ' ')
    .trim()
}

function usageHint(message: string, command: FailedCommand | undefined): string | undefined {
  if (!command) return undefined
  const typed = /^Nonexistent flag: --(\S+)/.exec(message)?.[1]
  const nearest = typed === undefined ? undefined : nearestOf(typed, Object.keys(command.flags))
  if (nearest !== undefined) return `Did you mean --${nearest}?`
  return `See \`biomaj ${command.id.replaceAll(':', ' ')} --help\`.`
}

/** An error as every JSON document has it, alone or as the `error` of one bank or context. */
export interface ErrorJson {
  code: ErrorCode
  message: string
  hint?: string
  exitCode: number
  details?: Record<string, unknown>
}

/** An allow-list: oclif's own error document would print argv and flag values, and with them secrets. */
export function errorJson({code, message, hint = hints[code], details}: BiomajError): ErrorJson {
  return {
    code,
    message: sanitise(message),
    ...(hint === undefined ? {} : {hint: sanitise(hint)}),
    exitCode: exitCodes[code],
    ...(details === undefined ? {} : {details}),
  }
}

/** Tells of a failure, on stdout as the one document of JSON mode and on stderr otherwise, and gives the exit status. */
export function reportError(thrown: unknown, io: Io, command?: FailedCommand): number {
  const error = toBiomajError(thrown, command)
  const json = errorJson(error)
  if (io.options.json) io.json({error: json})
  else if (error.code === 'interrupted' || error.code === 'terminated') io.note(json.message)
  else io.failure(json.message, json.hint)
  for (const line of stackOf(error).split('\n')) io.debug(line)
  return json.exitCode
}

function stackOf(error: Error): string {
  const cause = error.cause instanceof Error ? `\ncaused by ${stackOf(error.cause)}` : ''
  return `${error.stack ?? error.message}${cause}`
}
