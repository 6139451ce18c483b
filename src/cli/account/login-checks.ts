import type {BiomajClient} from '../../api/client.js'
import {formatClusterUrl} from '../../config/cluster-url.js'
import type {CredentialStore} from '../../config/credentials/credential-store.js'
import {abortable, sleep} from '../../shared/abort.js'
import {BiomajError} from '../../shared/errors.js'
import type {Io} from '../io.js'
import type {Runtime} from '../runtime.js'
import {type Destination, needsHttpConsent} from './login-destination.js'
import type {Questions} from './questions.js'

const unlockNoteMs = 1500

/** What the steps of a login share. */
export interface Login {
  runtime: Runtime
  io: Io
  questions: Questions
}

/** Consent to send password and key over plain http, asked where there is somebody to ask. */
export async function consentToHttp(
  {target, known}: Destination,
  {allowed, questions, io}: {allowed: boolean; questions: Questions; io: Io},
): Promise<boolean> {
  if (!needsHttpConsent(target)) return known?.allowHttp ?? false
  if (allowed || known?.allowHttp === true) return true
  const refused = new BiomajError({
    code: 'insecure_http',
    message: `Refused to send password and key over plain http to ${target.origin}`,
    hint: 'Use an https:// address, or --allow-http if you trust every network on the way.',
    details: {origin: target.origin},
  })
  if (!io.canPrompt) throw refused
  io.warn('Plain http: anyone on the way can read and reuse your password and key')
  if (await questions.confirm('Send them there, now and in later commands?', {flag: '--allow-http'})) return true
  throw refused
}

/** Whether a BioMAJ answers at all, before anybody types a password. */
export async function requireBiomaj(cluster: BiomajClient, signal: AbortSignal): Promise<void> {
  try {
    await cluster.daemon.ping({signal})
  } catch (error) {
    if (!(error instanceof BiomajError)) throw error
    const hint = {
      protocol: "Give the address of BioMAJ's public proxy: that of its web pages, without /app.",
      tls: 'Give the certificate authority with --ca-file FILE, or, at your risk, --insecure.',
      redirect_refused: 'If the new address is right, log in to that one.',
    }[error.code as string]
    if (hint === undefined) throw error
    const message =
      error.code === 'protocol'
        ? `There is no BioMAJ at ${formatClusterUrl(cluster.url)}: ${error.message}`
        : error.message
    throw new BiomajError({code: error.code, message, hint, details: error.details, cause: error})
  }
}

/** Proves that the key can be kept, before a password is asked for. A keychain that waits for its owner is told of. */
export async function requireStore(store: CredentialStore, {io, runtime}: Login): Promise<void> {
  const over = new AbortController()
  const told = io.canPrompt
    ? sleep(unlockNoteMs, over.signal).then(
        () => io.note('Waiting for the keychain; your desktop may ask you to unlock it.'),
        () => undefined,
      )
    : undefined
  try {
    await abortable(store.probe(), runtime.signal)
  } catch (error) {
    if (!(error instanceof BiomajError) || error.code !== 'keychain_unavailable') throw error
    const bootOnly = runtime.platform === 'linux' && store.kind === 'keychain'
    throw new BiomajError({
      code: error.code,
      message: error.message,
      hint: `Use BIOMAJ_APIKEY,${bootOnly ? ' --session-keyring (this boot only)' : ''} or --insecure-storage.`,
      details: error.details,
      cause: error,
    })
  } finally {
    over.abort()
    await told
  }
}
