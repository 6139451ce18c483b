import AboutMe from '../../src/commands/about-me.js'
import Banks from '../../src/commands/banks.js'
import Cancel from '../../src/commands/cancel.js'
import BankAdd from '../../src/commands/cluster/bank/add.js'
import BankCheck from '../../src/commands/cluster/bank/check.js'
import ClusterBankList from '../../src/commands/cluster/bank/list.js'
import ClusterBankRemove from '../../src/commands/cluster/bank/remove.js'
import BankTemplates from '../../src/commands/cluster/bank/templates.js'
import ClusterConfig from '../../src/commands/cluster/config.js'
import ClusterExec from '../../src/commands/cluster/exec.js'
import ClusterLogs from '../../src/commands/cluster/logs.js'
import ClusterReset from '../../src/commands/cluster/reset.js'
import ScheduleAdd from '../../src/commands/cluster/schedule/add.js'
import ScheduleList from '../../src/commands/cluster/schedule/list.js'
import ScheduleRemove from '../../src/commands/cluster/schedule/remove.js'
import ClusterStart from '../../src/commands/cluster/start.js'
import ClusterStatus from '../../src/commands/cluster/status.js'
import ClusterStop from '../../src/commands/cluster/stop.js'
import UserAdd from '../../src/commands/cluster/user/add.js'
import UserList from '../../src/commands/cluster/user/list.js'
import UserRemove from '../../src/commands/cluster/user/remove.js'
import UserRenew from '../../src/commands/cluster/user/renew.js'
import Completion from '../../src/commands/completion.js'
import ContextList from '../../src/commands/context/list.js'
import ContextRemove from '../../src/commands/context/remove.js'
import ContextRename from '../../src/commands/context/rename.js'
import ContextShow from '../../src/commands/context/show.js'
import ContextUse from '../../src/commands/context/use.js'
import Dashboard from '../../src/commands/dashboard.js'
import History from '../../src/commands/history.js'
import Login from '../../src/commands/login.js'
import Logout from '../../src/commands/logout.js'
import Logs from '../../src/commands/logs.js'
import Queue from '../../src/commands/queue.js'
import Status from '../../src/commands/status.js'
import Update from '../../src/commands/update.js'
import Wait from '../../src/commands/wait.js'
import type {CommandClass} from '../support/run-command.js'

/** Every command by the words that name it. */
export const commandClasses: Readonly<Record<string, CommandClass>> = {
  'about-me': AboutMe,
  banks: Banks,
  cancel: Cancel,
  'cluster bank add': BankAdd,
  'cluster bank check': BankCheck,
  'cluster bank list': ClusterBankList,
  'cluster bank remove': ClusterBankRemove,
  'cluster bank templates': BankTemplates,
  'cluster config': ClusterConfig,
  'cluster exec': ClusterExec,
  'cluster logs': ClusterLogs,
  'cluster reset': ClusterReset,
  'cluster schedule add': ScheduleAdd,
  'cluster schedule list': ScheduleList,
  'cluster schedule remove': ScheduleRemove,
  'cluster start': ClusterStart,
  'cluster status': ClusterStatus,
  'cluster stop': ClusterStop,
  'cluster user add': UserAdd,
  'cluster user list': UserList,
  'cluster user remove': UserRemove,
  'cluster user renew': UserRenew,
  completion: Completion,
  'context list': ContextList,
  'context remove': ContextRemove,
  'context rename': ContextRename,
  'context show': ContextShow,
  'context use': ContextUse,
  dashboard: Dashboard,
  history: History,
  login: Login,
  logout: Logout,
  logs: Logs,
  queue: Queue,
  status: Status,
  update: Update,
  wait: Wait,
}
