import {serviceNames} from '../model/records.js'
import type {Site} from './site.js'

/** Numbers of the cluster in Prometheus' text format. No bank is named: anybody may read them. */
export async function metricsText({store, queue, index, now}: Site): Promise<string> {
  const kinds = ['update', 'remove', 'repair', 'download', 'process', 'release'] as const
  const states = ['queued', 'running'] as const
  const [{rows}, instances, locks, maintenance, jobs] = await Promise.all([
    index.read(),
    store.services.list(),
    store.locks.list(),
    store.maintenance.get(),
    Promise.all(
      kinds.flatMap(kind =>
        states.map(async state => ({kind, state, count: await queue.count({kinds: [kind], states: [state]})})),
      ),
    ),
  ])
  const alive = instances.filter(({leaseUntilMs}) => leaseUntilMs > now())
  const families: Family[] = [
    {name: 'biomaj_banks', help: 'Banks that the cluster knows.', values: [['', rows.length]]},
    {
      name: 'biomaj_banks_failed',
      help: 'Banks whose last update did not end well.',
      values: [['', rows.filter(({lastUpdate}) => lastUpdate?.ok === false).length]],
    },
    {
      name: 'biomaj_production_bytes',
      help: 'Bytes of the releases in production that were counted.',
      values: [['', rows.flatMap(({releases}) => releases).reduce((sum, {sizeBytes}) => sum + (sizeBytes ?? 0), 0)]],
    },
    {
      name: 'biomaj_jobs',
      help: 'Jobs that wait or run.',
      values: jobs.map(({kind, state, count}) => [`{kind="${kind}",state="${state}"}`, count]),
    },
    {
      name: 'biomaj_service_instances',
      help: 'Instances of a service that are alive.',
      values: serviceNames.map(name => [`{service="${name}"}`, alive.filter(({service}) => service === name).length]),
    },
    {name: 'biomaj_locks', help: 'Banks that are locked.', values: [['', locks.length]]},
    {name: 'biomaj_maintenance', help: '1 in maintenance.', values: [['', maintenance ? 1 : 0]]},
  ]
  return families.map(familyText).join('')
}

interface Family {
  name: string
  help: string
  values: Array<[labels: string, value: number]>
}

function familyText({name, help, values}: Family): string {
  const lines = values.map(([labels, value]) => `${name}${labels} ${value}`)
  return [`# HELP ${name} ${help}`, `# TYPE ${name} gauge`, ...lines, ''].join('\n')
}
