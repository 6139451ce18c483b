import {BiomajClient} from '../api/client.js'
import {ContextStore} from '../config/contexts.js'
import {credentialsOpener} from '../config/credentials/open-credentials.js'
import {resolvePaths} from '../config/paths.js'
import {resolveTarget, type Target, type TargetFlags} from '../config/target.js'
import {BaseCommand, type CommandSpec} from './base-command.js'
import {baseFlags, clusterFlags} from './flags.js'

interface ParsedClusterFlags {
  context?: string
  proxy?: string
  'ca-file'?: string
  insecure?: boolean
  'allow-http'?: boolean
  'request-timeout'?: number
}

/** A command that talks to a cluster. Nothing is read or opened before `target()` or `cluster()` is called. */
export abstract class ClusterCommand<T extends CommandSpec, Result extends object> extends BaseCommand<T, Result> {
  static override baseFlags = {...baseFlags, ...clusterFlags}

  #target: Target | undefined
  #cluster: Promise<BiomajClient> | undefined

  /** The chosen cluster and where its key comes from. Tells of its warnings once. */
  protected target(): Target {
    if (this.#target) return this.#target
    const {env, platform, home, keychainChild, cwd} = this.runtime
    const paths = resolvePaths({env, platform, home})
    this.#target = resolveTarget({
      flags: this.#targetFlags(),
      env,
      contexts: new ContextStore(paths.config),
      credentials: credentialsOpener({paths, env, platform, keychainChild}),
      cwd,
    })
    for (const warning of this.#target.warnings) this.io.warn(warning)
    return this.#target
  }

  /** The client of the chosen cluster, with its key if there is one. */
  protected cluster(): Promise<BiomajClient> {
    this.#cluster ??= this.#connect()
    return this.#cluster
  }

  async #connect(): Promise<BiomajClient> {
    const target = this.target()
    return new BiomajClient({
      url: target.url,
      apiKey: await target.key.load(),
      userAgent: `biomaj/${this.config.version}`,
      requestTimeoutMs: target.requestTimeoutMs,
      certificateAuthority: target.tls.ca,
      insecureTls: !target.tls.rejectUnauthorized,
      onExchange: line => this.io.debug(line),
    })
  }

  #targetFlags(): TargetFlags {
    const flags = this.flags as unknown as ParsedClusterFlags
    return {
      context: flags.context,
      proxy: flags.proxy,
      caFile: flags['ca-file'],
      insecure: flags.insecure,
      allowHttp: flags['allow-http'],
      requestTimeoutMs: flags['request-timeout'],
    }
  }
}
