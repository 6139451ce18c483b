import {Args, Flags} from '@oclif/core'
import {type ContextJson, contextJson, storeWarning, userText} from '../cli/account/context-view.js'
import {environmentRemarks} from '../cli/account/environment-remarks.js'
import {keepLogin} from '../cli/account/keep-login.js'
import {accountByKey, accountByPassword} from '../cli/account/login-account.js'
import {consentToHttp, requireBiomaj, requireStore} from '../cli/account/login-checks.js'
import {type Destination, loginDestination} from '../cli/account/login-destination.js'
import {Questions} from '../cli/account/questions.js'
import {accountStores} from '../cli/account/stores.js'
import {BaseCommand} from '../cli/base-command.js'
import {connect} from '../cli/connect.js'
import {clusterFlags} from '../cli/flags.js'
import {formatClusterUrl} from '../config/cluster-url.js'
import {sanitise} from '../shared/sanitise.js'
import type {Secret} from '../shared/secret.js'

export interface LoginResult {
  context: ContextJson
  /** The context was there before and has a new key. */
  renewed: boolean
}

export default class Login extends BaseCommand<typeof Login, LoginResult> {
  static override summary = 'Log in to a cluster and remember it'
  static override description =
    "Asks for user and password, gets the API key with them, and keeps the key in the system's keychain and the rest as a context, " +
    'which becomes the current one. The password is kept nowhere. Without URL: the cluster of --context, BIOMAJ_PROXY, BIOMAJ_CONTEXT or the current context.'
  static override examples = [
    '<%= config.bin %> login https://biomaj.example.org',
    {
      description: 'In a script',
      command: 'pass show biomaj | <%= config.bin %> login https://biomaj.example.org --user ada --password-stdin',
    },
    {
      description: 'With a key, under a name of your own, on a machine without a keychain',
      command:
        '<%= config.bin %> login https://biomaj.example.org --user ada --context prod --api-key-stdin --insecure-storage < key.txt',
    },
  ]
  static override args = {url: Args.string({name: 'URL', description: "Address of the cluster's public proxy."})}
  static override flags = {
    user: Flags.string({char: 'u', summary: 'Your name at the cluster.', helpValue: 'NAME'}),
    'password-stdin': Flags.boolean({summary: 'Read the password from standard input.', exclusive: ['api-key-stdin']}),
    'api-key-stdin': Flags.boolean({summary: 'Read an API key from standard input; no password is needed then.'}),
    context: Flags.string({summary: 'Name for the context; made of the host by default.', helpValue: 'NAME'}),
    'insecure-storage': Flags.boolean({
      summary: 'Keep the key in a file of mode 0600, not encrypted.',
      exclusive: ['session-keyring'],
    }),
    'session-keyring': Flags.boolean({summary: "Keep the key in the Linux kernel's keyring: this boot only."}),
    'ca-file': clusterFlags['ca-file'],
    insecure: Flags.boolean({
      summary: 'Accept any TLS certificate, now and in later commands. Dangerous.',
      helpGroup: 'CLUSTER',
    }),
    'allow-http': Flags.boolean({
      summary: 'Send password and key over plain http to another host, now and in later commands.',
      helpGroup: 'CLUSTER',
    }),
    'read-only': Flags.boolean({
      summary: 'Only look at this cluster in later commands: send nothing that could change it.',
      allowNo: true,
      helpGroup: 'CLUSTER',
    }),
    'request-timeout': clusterFlags['request-timeout'],
  }

  async run(): Promise<LoginResult> {
    const {flags, io, runtime} = this
    const stores = accountStores(runtime, {interactive: io.canPrompt})
    const login = {runtime, io, questions: new Questions(runtime, io)}
    const destination = loginDestination({address: this.args.url, flags}, stores, runtime)
    const {target, known} = destination
    const kind = flags['insecure-storage'] ? 'file' : flags['session-keyring'] ? 'session-keyring' : 'keychain'
    const store = stores.credentials(kind)

    io.note(`Logging in to ${formatClusterUrl(target.url)}`)
    const settings = {
      allowHttp: await consentToHttp(destination, {...login, allowed: flags['allow-http']}),
      ...this.#tlsSettings(destination),
      ...((flags['read-only'] ?? known?.readOnly ?? false) ? {readOnly: true} : {}),
    }
    const client = (apiKey?: Secret) => connect(target, {apiKey, version: this.config.version, io})
    const cluster = client()
    await requireBiomaj(cluster, this.signal)
    await requireStore(store, login)
    const account = flags['api-key-stdin']
      ? await accountByKey(client, flags.user, {...login, known})
      : await accountByPassword(cluster, {user: flags.user, passwordStdin: flags['password-stdin']}, {...login, known})
    const {context, renewed} = await keepLogin(
      {account, kind, wanted: flags.context, settings},
      destination,
      stores,
      login,
    )

    const json = contextJson(context, {current: context.name, credentials: stores.credentials})
    const warning = storeWarning(kind)
    if (warning !== undefined) io.warn(warning)
    for (const remark of environmentRemarks(context, stores, runtime)) io.warn(remark)
    const valid = flags['api-key-stdin'] ? 'The key is valid, and' : 'The key is'
    io.show({
      human: () =>
        `${io.paint('green', '✓')} Logged in as ${io.paint('bold', sanitise(userText(json)))}\n` +
        `  ${valid} kept in the ${sanitise(store.backend)}.\n` +
        `  Context ${sanitise(context.name)} is now the current one.`,
      ids: () => [context.name],
    })
    return {context: json, renewed}
  }

  #tlsSettings({target, known}: Destination): {caFile?: string; insecureTls?: boolean} {
    const caFile = this.flags['ca-file'] === undefined ? known?.caFile : target.tls.caFile
    const insecure = !target.tls.rejectUnauthorized
    if (insecure && target.url.protocol === 'https:') {
      const warning = `The certificate of ${target.origin} is not checked, now and in later commands: anyone on the way can pose as it`
      this.io.warn(warning, {severe: true})
    }
    return {...(caFile === undefined ? {} : {caFile}), ...(insecure ? {insecureTls: true} : {})}
  }
}
