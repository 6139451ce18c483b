import {useMemo} from 'react'
import type {ScheduledCheck} from '../../../api/contract/schedule.js'
import {scheduleColumns} from '../../../presentation/schedule.js'
import {useDashboard} from '../../dashboard-context.js'
import {scheduleSource} from '../../data/sources.js'
import {ListView} from '../../kit/list-view.js'
import {useSource} from '../../kit/use-source.js'
import {BankKeys} from '../bank-keys.js'
import type {ViewProps} from '../view.js'

const noChecks: readonly ScheduledCheck[] = []
const nameOf = ({bank}: ScheduledCheck) => bank

/** When the cluster will next look whether a bank has a new release. */
export function Schedule(room: ViewProps) {
  const {dispatch, host} = useDashboard()
  const {schedule} = useSource(scheduleSource)
  const columns = useMemo(() => scheduleColumns({now: host.date(), relative: true}), [host, schedule])
  return (
    <ListView
      list="schedule"
      title="Schedule"
      kept={schedule}
      items={schedule.value ?? noChecks}
      columns={columns}
      idOf={nameOf}
      textOf={nameOf}
      empty={
        schedule.value === null
          ? 'This cluster has no service that looks for new releases.'
          : 'No bank is looked at by itself.'
      }
      onOpen={({bank}) => dispatch({type: 'open', screen: {view: 'bank', bank}})}
      {...room}
    >
      {selected => <BankKeys bank={selected?.bank} />}
    </ListView>
  )
}
