import {useMemo} from 'react'
import {
  instanceColumns,
  type InstanceRow,
  instanceRows,
  serviceMark,
  serviceName,
} from '../../../presentation/services.js'
import type {Column} from '../../../presentation/columns.js'
import {useDashboard} from '../../dashboard-context.js'
import {boardSource} from '../../data/sources.js'
import {lasted} from '../../data/watched.js'
import {ListView} from '../../kit/list-view.js'
import {useNowMs} from '../../kit/use-now.js'
import {useSource} from '../../kit/use-source.js'
import type {ViewProps} from '../view.js'

const textOf = (row: InstanceRow) =>
  `${serviceName(row.service)} ${serviceMark(row.service).word} ${row.instance?.host ?? ''}`

/** All services of the cluster, with their instances. */
export function Services(room: ViewProps) {
  const {watched} = useDashboard()
  const {services} = useSource(boardSource)
  const rows = useMemo(() => instanceRows(services.value ?? []), [services.value])
  const idOf = useMemo(() => identities(rows), [rows])
  const {troubles} = watched
  const nowMs = useNowMs(troubles.size > 0)
  const columns = useMemo(() => {
    const since: Column<InstanceRow> = {
      title: 'SINCE',
      cell: ({service}) => lasted(troubles.get(service.name), nowMs) ?? '-',
      order: ({service}) => -(troubles.get(service.name)?.atMs ?? nowMs),
    }
    return troubles.size === 0 ? instanceColumns : [...instanceColumns.slice(0, 3), since, ...instanceColumns.slice(3)]
  }, [troubles, nowMs])
  return (
    <ListView
      list="services"
      title="Services"
      kept={services}
      items={rows}
      columns={columns}
      idOf={idOf}
      textOf={textOf}
      empty="The cluster names no services."
      {...room}
    />
  )
}

/** Instances of a service may share a host, or all have none. */
function identities(rows: readonly InstanceRow[]): (row: InstanceRow) => string {
  const ids = new Map(
    rows.map(row => [
      row,
      `${row.service.name} ${row.instance === undefined ? '' : row.service.instances.indexOf(row.instance)}`,
    ]),
  )
  return row => ids.get(row) ?? row.service.name
}
