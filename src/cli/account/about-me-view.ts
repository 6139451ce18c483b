import {formatClusterUrl} from '../../config/cluster-url.js'
import type {OpenCredentials} from '../../config/credentials/open-credentials.js'
import type {Target} from '../../config/target.js'
import type {KeyCheck, OwnedBanks} from '../../operations/who-am-i.js'
import {type ErrorJson, errorJson} from '../error-report.js'
import {exitCodes} from '../exit-codes.js'
import type {Io} from '../io.js'
import {backendOf, settingsOf, userText} from './context-view.js'
import {type Fact, factsText} from './facts.js'

/** What `about-me --json` prints. No character of the key is in it. */
export interface AboutMeJson {
  url: string
  context: string | null
  /** What chose the cluster: a flag, a variable, or the current context. */
  chosenBy: Target['urlSource']
  /** Null when nobody can tell: BioMAJ itself has no way from a key to its user. */
  user: string | null
  email: string | null
  /** Of the whole cluster; null when the cluster does not tell. */
  admin: boolean | null
  key: {
    source: Target['key']['source']
    /** The real store in words; null when there is no key. */
    keptIn: string | null
    /** `missing`: the context says that there is a key, and its store has none. */
    state: KeyCheck['state'] | 'missing'
    error: ErrorJson | null
  }
  allowHttp: boolean
  insecureTls: boolean
  readOnly: boolean
  caFile: string | null
  /** With --banks and a valid key; all banks for an administrator. */
  ownedBanks: string[] | null
  uncheckedBanks: Array<{bank: string; error: ErrorJson}> | null
  hint: string | null
  exitCode: number
}

interface Found {
  credentials: OpenCredentials
  check: KeyCheck
  banks?: OwnedBanks | undefined
}

export function aboutMeJson(target: Target, {credentials, check, banks}: Found): AboutMeJson {
  const {context, key, tls, readOnly} = target
  const known = key.source === 'environment' ? undefined : context
  const state = check.state === 'none' && key.source !== 'none' ? 'missing' : check.state
  const error = check.error ? errorJson(check.error) : null
  return {
    url: formatClusterUrl(target.url),
    context: target.contextName ?? null,
    chosenBy: target.urlSource,
    // Who the cluster says you are, rather than who logged in once.
    user: check.caller?.id ?? known?.user ?? null,
    email: check.caller?.email ?? known?.email ?? null,
    admin: check.caller?.admin ?? null,
    key: {
      source: key.source,
      keptIn:
        key.source === 'none'
          ? null
          : key.source === 'environment'
            ? 'BIOMAJ_APIKEY'
            : backendOf(key.source, credentials),
      state,
      error,
    },
    allowHttp: context?.allowHttp ?? false,
    insecureTls: !tls.rejectUnauthorized,
    readOnly,
    caFile: tls.caFile ?? null,
    ownedBanks: banks ? banks.owned : null,
    uncheckedBanks: banks ? banks.unknown.map(({bank, error: reason}) => ({bank, error: errorJson(reason)})) : null,
    hint: hintOf(state, key.source) ?? error?.hint ?? null,
    exitCode: exitCodeOf(state, check, banks),
  }
}

function exitCodeOf(state: AboutMeJson['key']['state'], {error}: KeyCheck, banks: OwnedBanks | undefined): number {
  if (error) return exitCodes[error.code]
  if (state === 'invalid') return exitCodes.key_invalid
  if (state === 'none' || state === 'missing') return exitCodes.login_required
  const [unknown] = banks?.unknown ?? []
  return unknown ? exitCodes[unknown.error.code] : 0
}

function hintOf(state: AboutMeJson['key']['state'], source: Target['key']['source']): string | undefined {
  if (state === 'invalid')
    return source === 'environment'
      ? 'Correct BIOMAJ_APIKEY, or unset it.'
      : 'It may have been renewed: run `biomaj login`.'
  if (state === 'none' || state === 'missing') return 'Run `biomaj login`, or set BIOMAJ_APIKEY.'
  return undefined
}

export function aboutMeText(io: Io, me: AboutMeJson): string {
  const settings = settingsOf(me)
  return factsText(io, [
    {name: 'User', value: userLine(me), ...(me.user === null ? {} : {style: 'bold'})},
    {name: 'Cluster', value: `${me.url}${me.context === null ? '' : ` (context ${me.context})`}`},
    keyFact(me),
    keptFact(me),
    settings.length === 0 ? undefined : {name: 'Settings', value: settings.join(', '), style: 'yellow'},
    me.ownedBanks === null
      ? undefined
      : {name: 'Banks', value: me.ownedBanks.length === 0 ? 'you own none' : me.ownedBanks.join(', ')},
    me.uncheckedBanks === null || me.uncheckedBanks.length === 0
      ? undefined
      : {
          name: 'Unknown',
          value: me.uncheckedBanks.map(({bank, error}) => `${bank} (${error.message})`).join(', '),
          style: 'yellow',
        },
  ])
}

function userLine(me: AboutMeJson): string {
  if (me.key.source === 'environment' && me.user === null) return 'unknown (key from BIOMAJ_APIKEY)'
  if (me.key.source === 'none') return `anonymous${me.user === null ? '' : ` (${me.user} is logged out)`}`
  return `${userText(me)}${me.admin === true ? ', administrator' : ''}`
}

function keyFact({key}: AboutMeJson): Fact {
  const anonymous = 'the cluster treats you as anonymous'
  const facts: Readonly<Record<typeof key.state, Omit<Fact, 'name'>>> = {
    valid: {value: '✓ valid', style: 'green'},
    invalid: {value: `✗ NOT VALID: ${anonymous}`, style: 'red'},
    missing: {value: `✗ GONE: ${anonymous}`, style: 'red'},
    none: {value: `none: ${anonymous}`, style: 'yellow'},
    not_checked: {value: `? not checked: ${key.error?.message ?? 'not asked'}`, style: 'yellow'},
  }
  return {name: 'Key', ...facts[key.state]}
}

function keptFact({key}: AboutMeJson): Fact | undefined {
  if (key.keptIn === null) return undefined
  return {name: 'Kept', value: key.source === 'environment' ? `in ${key.keptIn}` : `in the ${key.keptIn}`}
}
