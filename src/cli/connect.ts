import {BiomajClient} from '../api/client.js'
import type {Target} from '../config/target.js'
import type {Secret} from '../shared/secret.js'
import type {Io} from './io.js'

/** The client of a chosen cluster. */
export function connect(
  {url, requestTimeoutMs, tls, readOnly}: Target,
  {apiKey, version, io}: {apiKey?: Secret | undefined; version: string; io: Io},
): BiomajClient {
  return new BiomajClient({
    url,
    apiKey,
    userAgent: `biomaj/${version}`,
    requestTimeoutMs,
    certificateAuthority: tls.ca,
    insecureTls: !tls.rejectUnauthorized,
    readOnly,
    onExchange: line => io.debug(line),
  })
}
