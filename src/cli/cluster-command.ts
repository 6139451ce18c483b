import type {Interfaces} from '@oclif/core'
import type {BiomajClient} from '../api/client.js'
import {resolveTarget, type Target, type TargetFlags} from '../config/target.js'
import {accountStores} from './account/stores.js'
import {isLoopback} from '../config/cluster-url.js'
import {BiomajError} from '../shared/errors.js'
import {BaseCommand, type CommandSpec, type Outcome} from './base-command.js'
import {baseFlags, clusterFlags} from './flags.js'

/** A command that talks to a cluster. Nothing is read or opened before `target()` or `cluster()` is called. */
export abstract class ClusterCommand<T extends CommandSpec, Result extends object> extends BaseCommand<T, Result> {
  static override baseFlags = {...baseFlags, ...clusterFlags}

  #target: Target | undefined
  #cluster: Promise<BiomajClient> | undefined

  override async execute(): Promise<Outcome> {
    try {
      return await super.execute()
    } catch (error) {
      throw this.#withAdvice(error)
    }
  }

  /** A cluster of one's own is selected also when it does not run. */
  #withAdvice(error: unknown): unknown {
    const isOwn = this.#target !== undefined && isLoopback(this.#target.url)
    if (!isOwn || !(error instanceof BiomajError) || error.code !== 'unreachable' || error.hint !== undefined)
      return error
    const {code, message, details} = error
    const hint = 'If it is a cluster of your own, start it again with `biomaj cluster start`.'
    return new BiomajError({code, message, hint, details, cause: error.cause})
  }

  /** The chosen cluster and where its key comes from. Tells of its warnings once. */
  protected target(): Target {
    if (this.#target) return this.#target
    this.#target = this.findTarget()
    for (const warning of this.#target.warnings) this.io.warn(warning)
    return this.#target
  }

  /** The cluster and the key as they are chosen now: somebody may have logged in meanwhile. */
  protected findTarget(): Target {
    const {env, cwd} = this.runtime
    return resolveTarget({flags: this.#targetFlags(), env, cwd, ...accountStores(this.runtime)})
  }

  /** The client of the chosen cluster, with its key if there is one. */
  protected cluster(): Promise<BiomajClient> {
    this.#cluster ??= this.#connect()
    return this.#cluster
  }

  async #connect(): Promise<BiomajClient> {
    const target = this.target()
    const [{connect}, apiKey] = await Promise.all([import('./connect.js'), target.key.load()])
    return connect(target, {apiKey, version: this.config.version, io: this.io})
  }

  #targetFlags(): TargetFlags {
    // Every subclass has these flags, which its generic type cannot tell here.
    const flags = this.flags as unknown as Interfaces.InferredFlags<typeof clusterFlags>
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
