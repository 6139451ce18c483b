import type {Service} from '../../api/contract/daemon.js'

/** Services whose addresses hold no password: the daemon gives MongoDB's whole URL away to everybody who asks. */
export function withoutCredentials(services: readonly Service[]): Service[] {
  return services.map(service => ({
    ...service,
    instances: service.instances.map(instance => ({
      ...instance,
      host: instance.host.replace(/\/\/[^@/]*@/, '//***@'),
    })),
  }))
}
