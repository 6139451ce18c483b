/** One line of a bank's log: `2026-11-21 09:17:38,830 INFO  [root][MainThread] Workflow:Start:init`. */
export interface LogLine {
  /** Wall clock of the server, or undefined for a line that continues the one before (a traceback). */
  time: string | undefined
  level: string | undefined
  thread: string | undefined
  message: string
}

const format = /^(\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2},\d{3}) ([A-Z]+) +\[[^\]]*\]\[([^\]]*)\] (.*?)\r?$/s

export function parseLogLine(text: string): LogLine {
  const match = format.exec(text)
  if (!match) return {time: undefined, level: undefined, thread: undefined, message: text}
  const [, time, level, thread, message = ''] = match
  return {time, level, thread, message}
}

/** Lines of the web service can get into a bank's log where both share one Python logger; they say nothing of the run. */
export function isOfWebService({thread}: LogLine): boolean {
  return thread?.includes('process_request_thread') === true
}
