/** Where a setting comes from; `biomaj cluster config` shows it. */
export type SettingOrigin = 'flag' | 'environment' | 'file' | 'default'

/** What the services need to know of the site, after flags, environment, file and defaults have been weighed. */
export interface ClusterSettings {
  /** Name shown to people. */
  name: string
  /** Absolute. Everything that the cluster writes is below it, unless `global.properties` says otherwise. */
  dataDirectory: string
  /** Nothing survives a stop: the database is in memory, the folder is temporary. */
  memory: boolean
  host: string
  /** Names by which it may be called beside those of the loopback interface; left out, as its address has it. */
  allowedHosts?: readonly string[] | undefined
  /** 0 for any. */
  port: number
  /** `global.properties`, absolute. */
  globalProperties: string
  workers: {update: number; download: number; process: number}
  /** Ids of users who may do everything; beside those whose record says so. */
  admins: string[]
  leaseMs: number
  /** Longest time of a process; null for no limit. */
  processTimeoutMs: number | null
  /** All a release may grow to while archives are extracted, bytes; and how much larger than its archive a file may be. */
  extraction: {maxBytes: number; maxRatio: number; maxEntries: number}
  logLevel: 'debug' | 'info' | 'warn' | 'error'
}
