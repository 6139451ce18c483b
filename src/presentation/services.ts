import type {Service} from '../api/contract/daemon.js'
import type {Column} from './columns.js'
import {line, type Line, type Mark, marked, markText} from './text.js'

/** The daemon reaches these itself, so that 0 of them means down. Other services it only counts. */
const infrastructure = new Set(['redis', 'mongo', 'rabbitmq', 'consul', 'internal-proxy'])

export function serviceName({name}: Pick<Service, 'name'>): string {
  return name.replace(/^biomaj-/, '')
}

export function serviceMark(service: Service): Mark {
  if (service.count === 0 && !infrastructure.has(serviceName(service))) {
    return {symbol: '-', word: 'not running here', tone: 'calm'}
  }
  if (service.state === 'up') return {symbol: '✓', word: 'up', tone: 'good'}
  if (service.state === 'partly') return {symbol: '!', word: 'partly up', tone: 'worry'}
  return {symbol: '✗', word: 'down', tone: 'bad'}
}

function upOfAll({instances, count}: Service): string {
  return `${instances.filter(({up}) => up).length} of ${count}`
}

/** Counts by state in one row, and a row for those that are not all right. */
export function serviceRows(services: readonly Service[]): Line[][] {
  const byWord = Map.groupBy(services, service => serviceMark(service).word)
  const rows: Line[][] = [[], []]
  for (const word of ['up', 'partly up', 'down'] as const) {
    const group = byWord.get(word) ?? []
    const [first] = group
    if (first === undefined) continue
    const {symbol, tone} = serviceMark(first)
    rows[0]?.push(marked(symbol, tone, `${group.length} ${word}`))
    if (word === 'up') continue
    for (const service of group)
      rows[1]?.push(
        line({text: serviceName(service), tone}, ` ${word}${service.count === 0 ? '' : ` (${upOfAll(service)})`}`),
      )
  }
  const absent = byWord.get('not running here') ?? []
  if (absent.length > 0) {
    rows.push([line({text: `- not running here: ${absent.map(serviceName).join(', ')}`, tone: 'calm'})])
  }
  return rows.filter(row => row.length > 0)
}

/** One row of the table of instances. */
export interface InstanceRow {
  service: Service
  /** Undefined for a service without any. */
  instance: Service['instances'][number] | undefined
}

export function instanceRows(services: readonly Service[]): InstanceRow[] {
  return services.flatMap((service): InstanceRow[] =>
    service.instances.length === 0
      ? [{service, instance: undefined}]
      : service.instances.map(instance => ({service, instance})),
  )
}

const instanceMark = ({service, instance}: InstanceRow): Mark => {
  if (instance === undefined) return serviceMark(service)
  return instance.up ? {symbol: '✓', word: 'up', tone: 'good'} : {symbol: '✗', word: 'down', tone: 'bad'}
}

export const instanceColumns: ReadonlyArray<Column<InstanceRow>> = [
  {title: 'SERVICE', cell: ({service}) => serviceName(service)},
  {title: 'UP', cell: ({service}) => (service.count === 0 ? '-' : upOfAll(service))},
  {title: 'STATE', cell: row => markText(instanceMark(row)), tone: row => instanceMark(row).tone},
  {title: 'HOST', cell: ({instance}) => instance?.host || '-'},
]
