/** Services behind the gateway that the public may reach. The rest (user, cron, download, process) is nobody's business. */
export type UpstreamName = 'daemon' | 'release' | 'watcher'

export type Destination = UpstreamName | 'root' | 'status' | 'db' | 'health'

interface PublicRoute {
  /** The path itself and all that is below it; exact for those that have nothing below. */
  path: string
  below: boolean
  to: Destination
  methods: readonly string[]
}

const reading = ['GET', 'HEAD', 'OPTIONS'] as const
const writing = [...reading, 'POST', 'PUT', 'DELETE'] as const

const publicRoutes: readonly PublicRoute[] = [
  {path: '/', below: false, to: 'root', methods: reading},
  {path: '/api/daemon', below: true, to: 'daemon', methods: writing},
  {path: '/api/release', below: true, to: 'release', methods: writing},
  {path: '/api/watcher', below: true, to: 'watcher', methods: writing},
  {path: '/status', below: true, to: 'status', methods: reading},
  {path: '/db', below: true, to: 'db', methods: reading},
  {path: '/healthz', below: false, to: 'health', methods: reading},
]

/** Where a path goes; undefined for what is not public. Case counts. */
export function routeOf(path: string): PublicRoute | undefined {
  return publicRoutes.find(route => path === route.path || (route.below && path.startsWith(`${route.path}/`)))
}

/** What a caller is told that asked for something else. */
export function listedRoutes(present: (to: Destination) => boolean): string[] {
  return publicRoutes.filter(({to}) => present(to)).map(({path}) => path)
}
