/** What can be seen of a cluster after an action, evened out: no times, ids, ports or temporary paths. */
export interface Observation {
  /** The action, in words. */
  after: string
  /** Answer to the request. */
  answer: {status: boolean; message: unknown}
  /** Everything below `data.dir`: `dir`, `-> target`, or `<bytes> <hash> <modification time>`. */
  tree: Record<string, string>
  /** Text of `RELEASE.txt` and `listingv1.*`, by path below `data.dir`. */
  texts: Record<string, string>
  /** Names in `lock.dir`. */
  locks: string[]
  /** Answers to reads, by route. */
  reads: Record<string, unknown>
  /** Lines of the log that `status` names, by bank: steps, counts and processes. */
  log: Record<string, string[]>
  /** What processes left in `process.dir/seen`: their environment and working directory, by file. */
  seen: Record<string, string[]>
  /** What processes wrote (`<META>_<process>.out`, `.err`), by path below `log.dir`. */
  outputs: Record<string, string>
  /** What an HTTP upstream was asked for with parameters. */
  questions: string[]
}

const records = ['tree', 'texts', 'reads', 'log', 'seen', 'outputs'] as const

/** What changed since the observation before; entries that went away are null. This is what a recording holds. */
export type Change = Pick<Observation, 'after' | 'answer' | 'locks' | 'questions'> &
  Partial<Record<(typeof records)[number], Record<string, unknown>>>

export function changes(observations: readonly Observation[]): Change[] {
  return observations.map((observation, index) => {
    const {after, answer, locks, questions} = observation
    const change: Change = {after, answer, locks, questions}
    for (const key of records) {
      const [now, before]: Record<string, unknown>[] = [observation[key], observations[index - 1]?.[key] ?? {}]
      const entries = Object.entries(now ?? {}).filter(
        ([name, value]) => JSON.stringify(value) !== JSON.stringify(before?.[name]),
      )
      const gone = Object.keys(before ?? {}).filter(name => !(name in (now ?? {})))
      const changed = Object.fromEntries([...entries, ...gone.map(name => [name, null] as const)])
      if (Object.keys(changed).length > 0) change[key] = changed
    }
    return change
  })
}

export function whole(recorded: readonly Change[]): Observation[] {
  const observations: Observation[] = []
  for (const {after, answer, locks, questions, ...changed} of recorded) {
    const before = observations.at(-1)
    const merged = Object.fromEntries(
      records.map(key => {
        const entries = Object.entries({...before?.[key], ...changed[key]}).filter(([, value]) => value !== null)
        return [key, Object.fromEntries(entries)]
      }),
    )
    observations.push({after, answer, locks, questions, ...merged} as unknown as Observation)
  }
  return observations
}
