export const updateFlow = [
  'init',
  'check',
  'depends',
  'preprocess',
  'release',
  'download',
  'postprocess',
  'publish',
  'over',
] as const
export type FlowStep = (typeof updateFlow)[number]

/** How an update ends. Take `processes` as `META_PROCESS`, the way BioMAJ reports them. */
export type Outcome =
  | {kind: 'updated'; release: string; processes?: string[]}
  | {kind: 'up-to-date'}
  | {kind: 'fails'; step: Exclude<FlowStep, 'over'>; reason?: string}
  | {kind: 'process-fails'; release: string; processes?: string[]; failing: string}
  /** The daemon throws before the workflow: no session, no history; its row in whatsup stays until its next action. */
  | {kind: 'dies-before-start'}
  /** The daemon is killed during the step: the lock and its row in whatsup stay. See `ScriptedCluster.restartDaemons`. */
  | {kind: 'daemon-dies'; step: FlowStep}

export interface ScriptedRelease {
  release: string
  remoteRelease: string
  /** Epoch seconds; the id by which BioMAJ ties releases to runs. */
  session: number
  freeze: boolean
  size: number
  formats: string[]
  types: string[]
  tags: string[]
  files: string[]
}

export interface ScriptedBank {
  name: string
  types: string[]
  owner: string
  visibility: 'public' | 'private'
  releases: ScriptedRelease[]
  /** Session of the published release. */
  current: number | null
  pending: {release: string; id: number}[]
  /** False: `check` fails and updates are skipped as "wrong config". */
  validConfig: boolean
  /** In the database. A bank that only has a properties file gets there, and its owner, by the first look with a key. */
  listed: boolean
  /** What the next updates do, first to last. Without any: up to date, or a first release "1". */
  outcomes: Outcome[]
  lastUpdate: number | null
  /** Steps of the last or running update; undefined before the first. */
  status: RunStatus | undefined
  /** The last run ended badly; the next one goes on with its session. */
  failed: boolean
  /** Lines of the last log; undefined when the file is gone. */
  log: string[] | undefined
}

export interface RunStatus {
  logFile: string
  session: number
  steps: Map<FlowStep, boolean | null>
  processes: Map<string, boolean | null>
}

export interface ScriptedUser {
  name: string
  password: string
  apiKey: string
  email: string
  admin: boolean
}

export interface QueuedRequest {
  action: 'update' | 'remove' | 'removeall' | 'removepending' | 'repair'
  bank: string
  user: string | null
  release: string | null
  options: Record<string, unknown>
  /** Epoch seconds. */
  requestedAt: number
}

export interface HistoryRow {
  bank: string
  action: 'update' | 'remove'
  start: number
  end: number
  updated: boolean | null
  error: boolean
}

export interface ScriptedDaemon {
  id: string
  /** What the daemon wrote last: `bank:action`, `pending`, or undefined before its first action. */
  says: string | undefined
  alive: boolean
}

export interface ClusterState {
  banks: Map<string, ScriptedBank>
  users: ScriptedUser[]
  /** Oldest first; the wire lists the newest first. */
  queue: QueuedRequest[]
  daemons: ScriptedDaemon[]
  /** Names of locked banks; `biomaj` is the maintenance lock. */
  locks: Set<string>
  /** Banks with a cancel request that no run has met yet. */
  cancelRequests: Set<string>
  /** Oldest first. */
  history: HistoryRow[]
  services: {service: string; count: number; status: -1 | 0 | 1}[]
  /** `/status` fails whole when Consul or the user service is down. */
  statusBroken: boolean
  /** Rows of module, installed, latest; undefined: the server's Python metadata is incomplete. */
  versions: [string, string, string | null][] | undefined
  /** Epoch milliseconds. */
  now: () => number
  /** Of the server, for the times that it gives without a zone. */
  utcOffsetMinutes: number
}

export function aRelease(release: string, changes: Partial<ScriptedRelease> = {}): ScriptedRelease {
  return {
    release,
    remoteRelease: release,
    session: 1_767_322_800,
    freeze: false,
    size: 1_048_576,
    formats: ['fasta'],
    types: ['nucleic'],
    tags: [],
    files: [`flat/${release}.fa`],
    ...changes,
  }
}

export function aBank(name: string, changes: Partial<ScriptedBank> = {}): ScriptedBank {
  return {
    name,
    types: ['nucleic'],
    owner: 'jane',
    visibility: 'public',
    releases: [],
    current: null,
    pending: [],
    validConfig: true,
    listed: true,
    outcomes: [],
    lastUpdate: changes.releases?.at(-1)?.session ?? null,
    status: undefined,
    failed: false,
    log: undefined,
    ...changes,
  }
}

/** As on the real cluster of the tests: `jane` owns the banks, `joe` owns nothing, `admin` administrates. */
export const defaultUsers: readonly ScriptedUser[] = [
  {name: 'admin', password: 'admin-secret', apiKey: 'ADMINKEY01', email: 'admin@example.org', admin: true},
  {name: 'jane', password: 'jane-secret', apiKey: 'JANEKEY001', email: 'jane@example.org', admin: false},
  {name: 'joe', password: 'joe-secret', apiKey: 'JOEKEY0001', email: 'joe@example.org', admin: false},
]

export const generalServices = ['public-proxy', 'redis', 'internal-proxy', 'mongo', 'rabbitmq', 'consul']
const ownServices = ['download', 'process', 'watcher', 'cron', 'ftp', 'daemon-message', 'user', 'daemon']

export function newState(changes: Partial<ClusterState>): ClusterState {
  return {
    banks: new Map(),
    users: [...defaultUsers],
    queue: [],
    daemons: [{id: 'biomaj_daemon_message1', says: undefined, alive: true}],
    locks: new Set(),
    cancelRequests: new Set(),
    history: [],
    services: [...generalServices, ...ownServices].map(name => ({service: `biomaj-${name}`, count: 1, status: 1})),
    statusBroken: false,
    versions: [['biomaj', '3.1.23', '3.1.24']],
    now: Date.now,
    utcOffsetMinutes: 0,
    ...changes,
  }
}

/** `YYYY-MM-DD HH:MM:SS` in the server's own time, as `datetime.fromtimestamp` prints it. */
export function serverTime(state: ClusterState, epochSeconds: number): string {
  const shifted = new Date((epochSeconds + state.utcOffsetMinutes * 60) * 1000)
  return shifted.toISOString().slice(0, 19).replace('T', ' ')
}

export function logFileOf(bank: string, session: number): string {
  return `/var/lib/biomaj/data/log/${bank}/${session}/${bank}.log`
}

export function isOwner(state: ClusterState, bank: ScriptedBank, user: string | null): boolean {
  return user !== null && (user === bank.owner || state.users.some(({name, admin}) => admin && name === user))
}
