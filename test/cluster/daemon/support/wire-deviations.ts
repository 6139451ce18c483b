export interface Exchanged {
  request: string
  status: number
  body: unknown
}

/** Where answers may differ from BioMAJ's, each with its heading in `docs/compatibility.md`. */
export interface WireDeviation {
  heading: string
  applies: (real: Exchanged, ours: Exchanged) => boolean
}

/** Members that we add to BioMAJ's. */
const additions = new Set(['biomaj', 'error', 'findings', 'job', 'jobs', 'release', 'runs'])

export const wireDeviations: readonly WireDeviation[] = [
  {
    heading: 'REST says why',
    applies: (real, ours) => {
      const reason = /<p>(.*?)<\/p>/s.exec(String(real.body))?.[1]
      const told = messageOf(ours)
      if (reason === undefined || ours.status < 400 || told === '') return false
      return reason.startsWith('The ') || told === reason
    },
  },
  {
    heading: 'Update workers are listed as soon as they are there',
    applies: (real, ours) => withoutIdle(real) === withoutIdle(ours),
  },
  {
    heading: 'A bank without a release has an empty list of files',
    applies: (real, ours) =>
      JSON.stringify(real.body).includes('cannot access local variable') &&
      /"details":\[\]|\+--\+"/.test(JSON.stringify(ours.body)),
  },
  {
    heading: 'A run that failed is not called an update',
    applies: (real, ours) => asFailed(real) === asFailed({...ours, body: withoutAdditions(ours.body)}),
  },
  {
    heading: 'A release that was repaired has its formats',
    applies: (real, ours) =>
      real.request === 'GET /api/daemon/bank/failing as jane' &&
      JSON.stringify(sorted(real.body)) === JSON.stringify(sorted(ours.body)).replace('"no","fasta"', '"no",""'),
  },
  {
    heading: 'Banks are listed by name',
    applies: (real, ours) =>
      / (?:\/api\/daemon\/stats|.*"stats":true)/.test(real.request) && linesOf(real) === linesOf(ours),
  },
]

function messageOf({body}: Exchanged): string {
  const told = typeof body === 'object' && body !== null && 'msg' in body ? body.msg : undefined
  return typeof told === 'string' ? told : ''
}

/** Each row of a failed run with what we say of it. */
function asFailed({status, body}: Exchanged): string {
  return JSON.stringify([status, sorted(body)])
    .replaceAll('"True","True"]', '"False","True"]')
    .replaceAll('| True | True |', '| False | True |')
}

function withoutIdle({status, body}: Exchanged): string {
  const rows = JSON.stringify([status, sorted(body)])
  return rows.replaceAll(/,\["<daemon>","","pending"\]|\\n<daemon> pending/g, '')
}

/** The cells or lines of a table, whatever their order. */
function linesOf({status, body}: Exchanged): string {
  return JSON.stringify([status, ...(JSON.stringify(sorted(body)).match(/\[[^[\]]*\]|\| [^+]* \|/g) ?? []).toSorted()])
}

export interface Difference {
  request: string
  BioMAJ: unknown
  we: unknown
}

/** The answers that differ in another way than one that is listed. */
export function differences(real: readonly Exchanged[], ours: readonly Exchanged[]): Difference[] {
  return pairs(real, ours).flatMap(([theirs, we]) => {
    if (wireDeviations.some(({applies}) => applies(theirs, we))) return []
    return [{request: theirs.request, BioMAJ: [theirs.status, theirs.body], we: [we.status, we.body]}]
  })
}

/** Headings of the deviations that are seen in these answers. */
export function shownDeviations(real: readonly Exchanged[], ours: readonly Exchanged[]): string[] {
  const different = pairs(real, ours)
  return wireDeviations.flatMap(({heading, applies}) =>
    different.some(([theirs, we]) => applies(theirs, we)) ? [heading] : [],
  )
}

/** Answers to the same request that differ in more than what we add. */
function pairs(real: readonly Exchanged[], ours: readonly Exchanged[]): Array<[Exchanged, Exchanged]> {
  return real.flatMap((theirs, index) => {
    const we = ours[index] ?? {request: '', status: 0, body: null}
    const plain = JSON.stringify([we.status, sorted(withoutAdditions(we.body))])
    return plain === JSON.stringify([theirs.status, sorted(theirs.body)]) ? [] : [[theirs, we]]
  })
}

function withoutAdditions(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body
  return Object.fromEntries(Object.entries(body).filter(([name]) => !additions.has(name)))
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(each => sorted(each))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, each]) => [name, sorted(each)]),
  )
}
