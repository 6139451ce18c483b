import type {ClusterUser} from '../../../support/real-cluster/index.ts'

export interface SideRequest {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  path: string
  body?: unknown
}

/** One of the clusters that are compared, empty at its start. */
export interface Side {
  /** Absolute; below it `conf`, `db`, `log`, `process`, `cache` and `lock`. */
  readonly root: string
  /** Asked as `user`. */
  request(request: SideRequest): Promise<{status: number; text: string}>
  /** Waits until all that was asked for is done. */
  settle(): Promise<void>
  close(): Promise<void>
}

export interface SideOptions {
  /** Text of `global.properties`; `<root>` stands for the folder. */
  globalProperties: string
}

export const user: ClusterUser = {name: 'jane', password: 'jane-secret', apiKey: 'JANEKEY001'}
export const admin: ClusterUser = {name: 'admin', password: 'admin-secret', apiKey: 'ADMINKEY01'}

export const folders = ['conf', 'db', 'log', 'process', 'cache', 'lock'] as const
