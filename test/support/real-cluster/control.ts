/** The plugs of a real cluster that a test can pull. Each call resolves when the change is in effect. */
export interface ClusterControl {
  /** Down: connections to the public address are refused and open ones are cut. */
  front(state: 'up' | 'down'): Promise<void>
  /** Down: `GET /api/daemon/status` and every request with an API key answer 500. */
  userService(state: 'up' | 'down'): Promise<void>
  /** Down: the public proxy answers 502. */
  web(state: 'up' | 'down'): Promise<void>
  /**
   * Paused: takes nothing from the queue (SIGSTOP, also in the middle of a bank). Stopped: SIGTERM, then killed.
   * Killed: as by a power cut, so locks and `whatsup` rows stay. Running: started or resumed.
   */
  daemon(state: 'running' | 'paused' | 'stopped' | 'killed', number?: number): Promise<void>
  /** What Consul knows of a service, one entry per instance; an empty list makes the service missing. */
  consul(service: string, instances: readonly {healthy: boolean}[]): Promise<void>
  /** Changes fields of a bank's document, such as `properties.visibility`, past all of BioMAJ's checks. */
  setBank(name: string, fields: Readonly<Record<string, unknown>>): Promise<void>
  /** One call of a MongoDB collection method with JSON arguments, on `banks`, `users`, `history` or `db_schema`. */
  store(collection: string, method: string, ...methodArguments: unknown[]): Promise<unknown>
  redis(...command: string[]): Promise<unknown>
}

export function clusterControl(
  command: (name: string, body: Record<string, unknown>) => Promise<unknown>,
): ClusterControl {
  const store: ClusterControl['store'] = async (collection, method, ...methodArguments) =>
    await command('store', {collection, method, arguments: methodArguments})
  return {
    store,
    async front(state) {
      await command('front', {up: state === 'up'})
    },
    async userService(state) {
      await command('service', {name: 'user', up: state === 'up'})
    },
    async web(state) {
      await command('service', {name: 'web', up: state === 'up'})
    },
    async daemon(state, number = 1) {
      await command('daemon', {number, state})
    },
    async consul(service, instances) {
      await command('consul', {service, instances})
    },
    async setBank(name, fields) {
      await store('banks', 'update_one', {name}, {$set: fields})
    },
    redis: async (...words) => await command('redis', {command: words}),
  }
}
