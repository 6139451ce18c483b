import type {Interfaces} from '@oclif/core'
import type {BiomajClient} from '../api/client.js'
import {resolveTarget, type Target, type TargetFlags} from '../config/target.js'
import {accountStores} from './account/stores.js'
import {BaseCommand, type CommandSpec} from './base-command.js'
import {connect} from './connect.js'
import {baseFlags, clusterFlags} from './flags.js'

/** A command that talks to a cluster. Nothing is read or opened before `target()` or `cluster()` is called. */
export abstract class ClusterCommand<T extends CommandSpec, Result extends object> extends BaseCommand<T, Result> {
  static override baseFlags = {...baseFlags, ...clusterFlags}

  #target: Target | undefined
  #cluster: Promise<BiomajClient> | undefined

  /** The chosen cluster and where its key comes from. Tells of its warnings once. */
  protected target(): Target {
    if (this.#target) return this.#target
    const {env, cwd} = this.runtime
    this.#target = resolveTarget({flags: this.#targetFlags(), env, cwd, ...accountStores(this.runtime)})
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
    return connect(target, {apiKey: await target.key.load(), version: this.config.version, io: this.io})
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
