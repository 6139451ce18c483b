import type {CommandClass} from '../support/run-command.js'
import AboutMe from '../../src/commands/about-me.js'
import Banks from '../../src/commands/banks.js'
import Cancel from '../../src/commands/cancel.js'
import History from '../../src/commands/history.js'
import Login from '../../src/commands/login.js'
import Logs from '../../src/commands/logs.js'
import Queue from '../../src/commands/queue.js'
import Status from '../../src/commands/status.js'
import Update from '../../src/commands/update.js'
import Wait from '../../src/commands/wait.js'
import ContextList from '../../src/commands/context/list.js'

/** Commands by the words that name them. */
export const commandClasses: Readonly<Record<string, CommandClass>> = {
  'about-me': AboutMe,
  banks: Banks,
  cancel: Cancel,
  history: History,
  login: Login,
  logs: Logs,
  queue: Queue,
  status: Status,
  update: Update,
  wait: Wait,
  'context list': ContextList,
}
