/** What differs from run to run, and how it is written instead. */
export interface Known {
  /** Folder of the cluster. */
  root: string
  /** Folder of a local upstream, or host:port of a server. */
  upstream: string
}

const httpDate = /\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} GMT\b/g
const localTime = /\b\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}\b/g
const stamp = /(\/log\/[^/\s"]+\/|files_|\b)(1[0-9]{9}\.\d+)/g

/**
 * Takes times, session ids, log folders, ports and paths out of everything that was seen in a scenario. Ids become
 * numbers in the order of time, so that "the same session as before" is still told from "a new one".
 */
export function evenOut<Value>(value: Value, {root, upstream}: Known, now = new Date()): Value {
  const text = JSON.stringify(value)
    .replaceAll(root, '<root>')
    .replaceAll(upstream, '<upstream>')
    .replace(httpDate, '<time>')
    .replace(localTime, '<time>')
  const sessions = new Set<string>()
  const logs = new Set<string>()
  for (const [, where = '', id = ''] of text.matchAll(stamp)) (where.startsWith('/log/') ? logs : sessions).add(id)
  const [session, log] = [numberOf(sessions), numberOf(logs)]
  const even = text.replace(stamp, (_, where: string, id: string) =>
    where.startsWith('/log/') ? `${where}<log ${log.get(id) ?? 0}>` : `${where}<session ${session.get(id) ?? 0}>`,
  )
  return JSON.parse(withoutToday(even, now)) as Value
}

function numberOf(ids: Set<string>): Map<string, number> {
  return new Map([...ids].toSorted((a, b) => Number(a) - Number(b)).map((id, index) => [id, index + 1]))
}

/** A release that is today's date, which BioMAJ does not pad with zeros. */
function withoutToday(text: string, now: Date): string {
  let even = text
  for (const day of [now, new Date(now.getTime() - 86_400_000)]) {
    const [year, month, date] = [day.getUTCFullYear(), day.getUTCMonth() + 1, day.getUTCDate()]
    even = even.replaceAll(new RegExp(String.raw`\b${year}-0?${month}-0?${date}\b`, 'g'), '<today>')
  }
  return even
}
