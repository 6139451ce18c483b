import type {Bank} from '../model/bank.js'
import type {
  BankLock,
  ClusterEvent,
  CronEntry,
  HistoryRow,
  Maintenance,
  ReleaseWatch,
  ServiceInstance,
  User,
} from '../model/records.js'

/**
 * What the cluster remembers. Every promise of a write resolves only when the write survives a crash, unless it says
 * otherwise. Adapters pass the conformance suite in `test/cluster/store/conformance.ts`; services know nothing else of
 * the database, and may each live in a process of their own.
 */
export interface Store {
  readonly banks: BankStore
  readonly history: HistoryStore
  readonly users: UserStore
  readonly locks: LockStore
  readonly services: ServiceStore
  readonly schedule: ScheduleStore
  readonly events: EventStore
  readonly maintenance: MaintenanceStore
  close(): Promise<void>
}

/** The columns of a bank that lists need, without its document. */
export type BankRow = Pick<Bank, 'name' | 'owner' | 'visibility' | 'types' | 'lastUpdate'> & {
  /** Remote name of the published release. */
  publishedRelease: string | null
  /** Local names of the releases in production, with their sizes. */
  releases: Array<{release: string; remoteRelease: string; sizeBytes: number | null}>
}

export interface BankStore {
  get(name: string): Promise<Bank | undefined>
  /** By name. */
  list(): Promise<BankRow[]>
  /** Grows with every change of any bank; equal numbers mean that `list` would give the same. */
  version(): Promise<number>
  /** False when there was one of that name, which is then left as it is. */
  insert(bank: Bank): Promise<boolean>
  /**
   * Reads, changes and writes a bank as one transaction. `change` must be pure: it may be called again after a conflict.
   *
   * @returns the bank as it was written, or undefined when there is none
   */
  change(name: string, change: (bank: Bank) => Bank): Promise<Bank | undefined>
  /**
   * Writes how far a run is, without waiting for the disk: a crash may lose the last of it, and nothing else.
   * Ignored when the bank's status belongs to another session.
   */
  progress(name: string, session: number, progress: Bank['status'] & object): Promise<void>
  rename(from: string, to: string): Promise<boolean>
  remove(name: string): Promise<boolean>
}

export interface HistoryStore {
  add(row: Omit<HistoryRow, 'id'>): Promise<HistoryRow>
  /** Newest start first. */
  list(query: {limit: number; bank?: string | undefined}): Promise<HistoryRow[]>
}

export interface UserStore {
  get(id: string): Promise<User | undefined>
  byKeyHash(hash: string): Promise<User | undefined>
  byEmail(email: string): Promise<User | undefined>
  list(): Promise<User[]>
  /** False when there was one of that id. Here and in `change`, `refused` when somebody else has the key. */
  insert(user: User): Promise<boolean>
  change(id: string, change: (user: User) => User): Promise<User | undefined>
  remove(id: string): Promise<boolean>
}

export interface LockStore {
  /** The lock that is in the way, or undefined when it was taken. Taking it again for the same job is no conflict. */
  take(lock: BankLock): Promise<BankLock | undefined>
  /** Does nothing when the job does not hold it. */
  release(bank: string, job: string): Promise<void>
  /** Removes whatever lock there is. */
  break(bank: string): Promise<boolean>
  get(bank: string): Promise<BankLock | undefined>
  list(): Promise<BankLock[]>
}

export interface ServiceStore {
  /** Registers, or renews the lease of, an instance. Need not survive a crash. */
  renew(instance: ServiceInstance): Promise<void>
  leave(id: string): Promise<void>
  /** Those whose lease has ended are listed for an hour, so that "down since" can be told. */
  list(): Promise<ServiceInstance[]>
}

export interface ScheduleStore {
  entries(): Promise<CronEntry[]>
  put(entry: CronEntry): Promise<void>
  remove(name: string): Promise<boolean>
  /**
   * Remembers that an entry was due and has been acted upon. False when that is known already, for this time or a later
   * one, or when there is no such entry any more.
   */
  ran(name: string, dueAtMs: number): Promise<boolean>
  watches(): Promise<ReleaseWatch[]>
  putWatch(watch: ReleaseWatch): Promise<void>
}

export interface EventStore {
  append(event: Omit<ClusterEvent, 'id'>): Promise<void>
  /** Oldest first, those after the id; `gap` when events after the id have been forgotten already. */
  after(id: number, limit: number): Promise<{events: ClusterEvent[]; gap: boolean}>
  lastId(): Promise<number>
  /** Called soon after something was appended, by whatever process; a listener then reads `after`. Returns how to stop. */
  watch(listener: () => void): () => void
}

export interface MaintenanceStore {
  get(): Promise<Maintenance | null>
  set(maintenance: Maintenance | null): Promise<void>
}
