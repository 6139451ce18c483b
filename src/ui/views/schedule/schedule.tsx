import {useMemo} from 'react'
import type {ScheduledCheck} from '../../../api/contract/schedule.js'
import {scheduleColumns} from '../../../presentation/schedule.js'
import {useDashboard} from '../../dashboard-context.js'
import {scheduleSource} from '../../data/sources.js'
import {useSource} from '../../kit/use-source.js'
import {BankList} from '../bank-list.js'
import type {ViewProps} from '../view.js'

const noChecks: readonly ScheduledCheck[] = []
const nameOf = ({bank}: ScheduledCheck) => bank

/** When the cluster will next look whether a bank has a new release. */
export function Schedule(room: ViewProps) {
  const {host} = useDashboard()
  const {schedule} = useSource(scheduleSource)
  const columns = useMemo(() => scheduleColumns({now: host.date(), relative: true}), [host, schedule])
  return (
    <BankList
      list="schedule"
      title="Schedule"
      kept={schedule}
      items={schedule.value ?? noChecks}
      columns={columns}
      idOf={nameOf}
      bankOf={nameOf}
      textOf={nameOf}
      empty={
        schedule.value === null
          ? 'This cluster has no service that looks for new releases.'
          : 'No bank is looked at by itself.'
      }
      {...room}
    />
  )
}
