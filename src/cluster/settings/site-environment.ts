/**
 * Variables of the client. A property `proxy` is replaced by `BIOMAJ_PROXY` in BioMAJ, but for whoever starts a cluster
 * from a shell that variable is the address of another cluster, through which nothing can be downloaded.
 */
const ofClient = new Set([
  'BIOMAJ_PROXY',
  'BIOMAJ_APIKEY',
  'BIOMAJ_CONTEXT',
  'BIOMAJ_CA_FILE',
  'BIOMAJ_REQUEST_TIMEOUT',
  'BIOMAJ_READ_ONLY',
  'BIOMAJ_CONF',
])

/** The environment in which variables `BIOMAJ_X_Y_Z` replace properties `x.y.z`: without those of the client. */
export function siteEnvironment(env: Readonly<Record<string, string | undefined>>): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !ofClient.has(name)))
}
