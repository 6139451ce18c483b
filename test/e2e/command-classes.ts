import AboutMe from '../../src/commands/about-me.js'
import Banks from '../../src/commands/banks.js'
import Cancel from '../../src/commands/cancel.js'
import BankCheck from '../../src/commands/cluster/bank/check.js'
import Completion from '../../src/commands/completion.js'
import ContextList from '../../src/commands/context/list.js'
import ContextRemove from '../../src/commands/context/remove.js'
import ContextRename from '../../src/commands/context/rename.js'
import ContextShow from '../../src/commands/context/show.js'
import ContextUse from '../../src/commands/context/use.js'
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
  'cluster bank check': BankCheck,
  completion: Completion,
  'context list': ContextList,
  'context remove': ContextRemove,
  'context rename': ContextRename,
  'context show': ContextShow,
  'context use': ContextUse,
  history: History,
  login: Login,
  logout: Logout,
  logs: Logs,
  queue: Queue,
  status: Status,
  update: Update,
  wait: Wait,
}
