import {Flags} from '@oclif/core'
import {BiomajError} from '../shared/errors.js'
import {parseDurationMs} from '../shared/durations.js'

/** Milliseconds of `90s`, `10m`, `1h30m`; a bare number is seconds. */
export const durationFlag = Flags.custom<number>({
  helpValue: 'DURATION',
  parse: async input => {
    const durationMs = parseDurationMs(input)
    if (durationMs === undefined) {
      throw new BiomajError({code: 'usage', message: `"${input}" is not a duration`, hint: 'Write 90s, 10m or 1h30m.'})
    }
    return durationMs
  },
})

/** Flags of every command. */
export const baseFlags = {
  quiet: Flags.boolean({char: 'q', summary: 'Print identifiers only, and no remarks.', helpGroup: 'GLOBAL'}),
  debug: Flags.boolean({summary: 'Tell on stderr what is asked of the cluster.', helpGroup: 'GLOBAL'}),
  'no-color': Flags.boolean({summary: 'No colours (also NO_COLOR).', helpGroup: 'GLOBAL'}),
  'no-input': Flags.boolean({summary: 'Never ask; fail instead.', helpGroup: 'GLOBAL'}),
}

/** Flags of every command that talks to a cluster. */
export const clusterFlags = {
  context: Flags.string({
    summary: 'Cluster to talk to, by its name in `biomaj context list` (BIOMAJ_CONTEXT).',
    helpValue: 'NAME',
    helpGroup: 'CLUSTER',
  }),
  proxy: Flags.string({
    summary: "Address of the cluster's public proxy (BIOMAJ_PROXY).",
    helpValue: 'URL',
    helpGroup: 'CLUSTER',
  }),
  'ca-file': Flags.string({
    summary: 'Trust the certificate authorities in this PEM file too (BIOMAJ_CA_FILE).',
    helpValue: 'FILE',
    helpGroup: 'CLUSTER',
  }),
  insecure: Flags.boolean({summary: 'Accept any TLS certificate. Dangerous.', helpGroup: 'CLUSTER'}),
  'allow-http': Flags.boolean({
    summary: 'Send the key over plain http to a host that is not this machine.',
    helpGroup: 'CLUSTER',
  }),
  'request-timeout': durationFlag({
    summary: 'Longest time for one request; 30s by default (BIOMAJ_REQUEST_TIMEOUT).',
    helpGroup: 'CLUSTER',
  }),
}

/** Banks by flag (repeated, or separated by commas) or as arguments. */
export const bankFlags = {
  bank: Flags.string({
    char: 'b',
    summary: 'Bank; repeat it, or separate several by commas.',
    helpValue: 'NAME',
    multiple: true,
  }),
}
