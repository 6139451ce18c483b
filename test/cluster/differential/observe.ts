import {createHash} from 'node:crypto'
import {existsSync} from 'node:fs'
import {lstat, readFile, readdir, readlink} from 'node:fs/promises'
import path from 'node:path'
import type {Observation} from './observation.ts'
import type {Side} from './sides/side.ts'

const dayMs = 86_400_000

/** Looks at all that a user, a script or the original client can see. */
export async function observe(
  side: Side,
  what: {after: string; answer: Observation['answer']; banks: readonly string[]; questions: readonly string[]},
): Promise<Observation> {
  const reads: Record<string, unknown> = {}
  const log: Record<string, string[]> = {}
  const read = async (route: string, body?: unknown): Promise<void> => {
    const {status, text} = await side.request({method: 'GET', path: `/api/daemon/${route}`, body})
    reads[route] = status === 200 ? parsed(text) : status
  }
  await read('bank')
  await read('history')
  inOneOrder(reads['history'])
  withoutAdditions(reads['history'])
  await read('stats')
  // A bank that was removed comes back to life when the real daemon is asked for it.
  const listed = (reads['bank'] as {banks?: string[][]}).banks?.map(([name]) => name) ?? []
  for (const bank of what.banks.filter(name => listed.includes(name))) {
    await read(`bank/${bank}`)
    await read(`bank/${bank}/status`)
    await read(`bank/${bank}/show`, {})
    processesInOneOrder(reads[`bank/${bank}/status`])
    log[bank] = telling((await side.request({method: 'GET', path: `/api/daemon/bank/${bank}/log/100000`})).text)
  }
  const data = path.join(side.root, 'db')
  const tree = await treeOf(data)
  const texts: Record<string, string> = {}
  for (const file of Object.keys(tree)) {
    if (/(?:^|\/)(?:RELEASE\.txt|listingv1\.[^/]*)$/.test(file) && !tree[file]?.startsWith('->')) {
      texts[file] = await readFile(path.join(data, file), 'utf8')
    }
  }
  return {
    after: what.after,
    answer: what.answer,
    tree,
    texts,
    locks: (await readdir(path.join(side.root, 'lock'))).toSorted(),
    reads,
    log,
    seen: await seenByProcesses(path.join(side.root, 'process/seen')),
    outputs: await outputsOf(path.join(side.root, 'log')),
    questions: [...new Set(what.questions.filter(question => !question.startsWith('HEAD ')))],
  }
}

/** Rows come by their start in whole seconds: those of one second have no order that means anything. */
function inOneOrder(answer: unknown): void {
  const {history} = answer as {history?: string[][]}
  history?.sort((a, b) => (withoutTimes(a) < withoutTimes(b) ? -1 : 1))
}

/** Processes of metas that run side by side are listed as they began. */
function processesInOneOrder(answer: unknown): void {
  const {status} = answer as {status?: {process: string[][]}}
  if (status === undefined) return
  const places = status.process.flatMap(([name = ''], index) => (/^[A-Z0-9]+_/.test(name) ? [index] : []))
  const rows = places.map(index => status.process[index] ?? []).toSorted(byFirstWord)
  for (const [nth, index] of places.entries()) status.process[index] = rows[nth] ?? []
}

function byFirstWord([one = '']: readonly string[], [other = '']: readonly string[]): number {
  return one < other ? -1 : 1
}

/** What a cluster announces beside BioMAJ's own answer has tests of its own. */
function withoutAdditions(answer: unknown): void {
  if (typeof answer === 'object' && answer !== null && 'runs' in answer) delete answer.runs
}

function withoutTimes([bank, action, , , updated, error]: readonly string[]): string {
  return [bank, action, updated, error].join(' ')
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}

async function treeOf(top: string): Promise<Record<string, string>> {
  const tree: Record<string, string> = {}
  for (const name of (await readdir(top, {recursive: true})).toSorted()) {
    const file = path.join(top, name)
    const stat = await lstat(file)
    if (stat.isSymbolicLink()) tree[name] = `-> ${await readlink(file)}`
    else if (stat.isDirectory()) tree[name] = 'dir'
    else {
      const hash = createHash('sha256')
        .update(await readFile(file))
        .digest('hex')
      const links = stat.nlink > 1 ? ` links:${stat.nlink}` : ''
      // What was not fetched to its end has the date of whatever was tried last.
      const date = name.startsWith('offline/') ? 'unfinished' : minute(stat.mtime)
      tree[name] = `${stat.size} ${hash.slice(0, 16)} ${date}${links}`
    }
  }
  return tree
}

/** To the minute; files that were made in the run have no date of their own. */
function minute(time: Date): string {
  return Date.now() - time.getTime() < 2 * dayMs ? 'now' : time.toISOString().slice(0, 16)
}

const tellingLines = [
  /^Workflow:(?:Start|Skip):\w+$/,
  /^Workflow:wf_(?:checksum|uncompress|copy|copydepends|metadata|stats|old_biomaj_api|clean_offline|delete_old|clean_old_sessions|over)$/,
  /^Workflow:wf_release:same_as_previous_session$/,
  /^Workflow:wf_download:nb_(?:files_to_download|expected_files|files_in_offline_dir):/,
  /^Session:RemoteRelease:/,
  /^Workflow:wf_download:release:remoterelease:/,
  /^Error during /,
  /^(?:PROC|PROCESS):/,
]

/** The lines by which a reader (or our own client) follows a run. Processes may overlap: their lines come last, sorted. */
function telling(log: string): string[] {
  const messages = log
    .split('\n')
    .map(line => /^\S+ \S+ +\w+ +\[[^\]]*\]\[[^\]]*\] (.*)$/.exec(line)?.[1] ?? '')
    .filter(message => tellingLines.some(pattern => pattern.test(message)))
  // When there is nothing to do, it says so before it skips the steps.
  const end = 'Workflow:wf_over'
  return [
    ...messages.filter(message => !message.startsWith('PROC') && message !== end),
    ...messages.filter(message => message === end),
    ...messages.filter(message => message.startsWith('PROC')).toSorted(),
  ]
}

/** Names that a service's own environment gives to every process it starts. */
const ambient =
  /^(?:HOME|USER|LOGNAME|LANG|LC_\w+|TZ|PATH|PWD|OLDPWD|SHLVL|_|BIOMAJ_\w+|PROMETHEUS_\w+|prometheus_\w+|NODE_\w*|VITEST\w*|npm_\w+|TEST|DEV|PROD|MODE|SSR|BASE_URL|VITE\w*)=/

async function seenByProcesses(folder: string): Promise<Record<string, string[]>> {
  const seen: Record<string, string[]> = {}
  if (!existsSync(folder)) return seen
  for (const name of (await readdir(folder)).toSorted()) {
    const content = await readFile(path.join(folder, name), 'utf8')
    seen[name] = content
      .split(/[\0\n]/)
      .filter(line => line !== '' && !ambient.test(line))
      .toSorted()
  }
  return seen
}

async function outputsOf(folder: string): Promise<Record<string, string>> {
  const outputs: Record<string, string> = {}
  for (const name of (await readdir(folder, {recursive: true})).toSorted()) {
    if (!/\.(?:out|err)$/.test(name)) continue
    // As a path that tells which log folder it is in, so that its time is evened out like others.
    outputs[`/log/${name}`] = await readFile(path.join(folder, name), 'utf8')
  }
  return outputs
}
