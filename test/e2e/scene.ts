import {startFaultProxy} from '../support/fault-proxy/index.js'
import type {FaultProxy} from '../support/fault-proxy/index.js'
import {aBank, aRelease, startScriptedCluster} from '../support/scripted-cluster/index.js'
import type {ClusterState, ScriptedCluster} from '../support/scripted-cluster/index.js'

type ScriptedUser = ClusterState['users'][number]

/** A command as somebody types it, and what has to be known of it to say how it ends. */
export interface TypedCommand {
  name: string
  args: readonly string[]
  /** `login` takes the address as an argument, all others from BIOMAJ_PROXY. */
  takesUrl?: boolean
  /** Piped into standard input. */
  input?: (user: Pick<ScriptedUser, 'password' | 'apiKey'>) => string
  /** What `alu` does when the command starts: nothing, an update that goes on, or one that stays where it is. */
  bank?: 'idle' | 'running' | 'held'
  /**
   * What it needs of the cluster: nothing; only reads by GET; a log, which is no JSON; or at least one call by POST,
   * which no redirect is followed for.
   */
  needs: 'nothing' | 'reads' | 'log' | 'posts'
}

export const typedCommands: readonly TypedCommand[] = [
  {name: 'status', args: ['status'], needs: 'reads'},
  {name: 'status --bank', args: ['status', '--bank', 'alu'], needs: 'posts'},
  {name: 'banks', args: ['banks'], needs: 'reads'},
  {name: 'queue', args: ['queue'], needs: 'reads'},
  {name: 'history', args: ['history'], needs: 'posts'},
  {name: 'update', args: ['update', '--bank', 'alu'], needs: 'posts'},
  {
    name: 'update --wait',
    args: ['update', '--bank', 'alu', '--wait', '--poll', '100ms', '--max-outage', '1s'],
    needs: 'posts',
  },
  {
    name: 'wait',
    args: ['wait', '--bank', 'alu', '--poll', '100ms', '--max-outage', '1s'],
    bank: 'running',
    needs: 'posts',
  },
  {name: 'cancel', args: ['cancel', '--bank', 'alu'], bank: 'held', needs: 'posts'},
  {name: 'logs', args: ['logs', '--bank', 'alu'], needs: 'log'},
  {name: 'about-me', args: ['about-me'], needs: 'reads'},
  {
    name: 'login --password-stdin',
    args: ['login', '--user', 'jane', '--password-stdin', '--insecure-storage'],
    takesUrl: true,
    input: ({password}) => `${password}\n`,
    needs: 'posts',
  },
  {
    name: 'login --api-key-stdin',
    args: ['login', '--user', 'jane', '--api-key-stdin', '--insecure-storage'],
    takesUrl: true,
    input: ({apiKey}) => `${apiKey}\n`,
    needs: 'reads',
  },
  {name: 'context list', args: ['context', 'list'], needs: 'nothing'},
]

export interface Scene {
  cluster: ScriptedCluster
  proxy: FaultProxy
  jane: ScriptedUser
  stop: () => Promise<void>
}

export interface SceneOptions {
  bank?: TypedCommand['bank']
  password?: string
  apiKey?: string
}

const hourMs = 3_600_000

/** A cluster with a bank `alu` of jane's that was updated an hour ago, and a proxy in front of it. */
export async function startScene(options: SceneOptions = {}): Promise<Scene> {
  const {bank = 'idle', password = 'jane-secret', apiKey = 'JANEKEY001'} = options
  const jane: ScriptedUser = {name: 'jane', password, apiKey, email: 'jane@example.org', admin: false}
  const cluster = await startScriptedCluster({
    banks: [aBank('alu', {releases: [aRelease('1')]}), aBank('hal')],
    users: [jane],
    now: () => Date.now() - hourMs,
    ...(bank === 'held' ? {} : {tickMs: 50}),
  })
  const update = (release: string): void => {
    const requestedAt = Math.floor(cluster.state.now() / 1000)
    cluster.state.queue.push({action: 'update', bank: 'alu', user: 'jane', release: null, options: {}, requestedAt})
    cluster.script('alu', {kind: 'updated', release})
  }
  update('2')
  cluster.finish()
  cluster.state.now = Date.now
  if (bank !== 'idle') {
    update('3')
    cluster.advance(2)
  }
  cluster.script('alu', {kind: 'updated', release: '4'})
  const proxy = await startFaultProxy({target: cluster.url})
  return {
    cluster,
    proxy,
    jane,
    stop: async () => {
      await Promise.all([proxy.stop(), cluster.stop()])
    },
  }
}

/** The words after `biomaj` for a cluster at this address. */
export function argvFor({args, takesUrl}: TypedCommand, url: string): string[] {
  const [command = '', ...rest] = args
  return takesUrl === true ? [command, url, ...rest] : [command, ...rest]
}
