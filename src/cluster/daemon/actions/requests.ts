import {isUpdateStep, updateSteps} from '../../../api/contract/steps.js'
import type {Bank} from '../../model/bank.js'
import type {JobKind, JobPayloads} from '../../queue/queue.js'
import {type Answer, message} from '../answer.js'
import {newBank} from '../bank-files.js'
import {flag, text} from '../options.js'
import {bankLocked, bankNotFound, inMaintenance, Refusal, refusalOf, releaseNotFound, usage} from '../refusal.js'
import {announce, type Call, ownedBank} from '../site.js'
import {needAccount} from '../viewer.js'
import {bankOption, findProduction} from './detail.js'

/** More names than this in one request are a mistake. */
const mostBanks = 1000

type Requested = {ok: true; line: string; job: string} | {ok: false; line: string; refusal: Refusal}

/** Puts updates into the queue. What can be known to be wrong is refused now: the queue has nobody to tell it to. */
export async function update(call: Call): Promise<Answer> {
  const options = updateOptions(call)
  return forEachBank(call, async name => {
    const {bank} = await runnable(call, name)
    const lock = await call.site.store.locks.get(name)
    if (lock) throw bankLocked(name, lock)
    await checkAgainst(call, bank, options)
    return addJob(call, 'update', {bank: name, ...options})
  })
}

export async function repair(call: Call): Promise<Answer> {
  const release = text(call.options, 'release')
  return forEachBank(call, async name => {
    const {bank} = await runnable(call, name)
    if (release !== null && !findProduction(bank, release) && !isPending(bank, release)) {
      throw releaseNotFound(name, release)
    }
    return addJob(call, 'repair', {bank: name, release})
  })
}

type UpdateOptions = Omit<JobPayloads['update'], 'bank'>

function updateOptions({options}: Call): UpdateOptions {
  const stepOf = (name: string) => {
    const step = text(options, name)
    if (step !== null && !isUpdateStep(step)) throw usage(`Invalid step: ${step}`, `Steps: ${updateSteps.join(', ')}.`)
    return step
  }
  const fromTask = stepOf('from_task')
  const process = text(options, 'process')
  if (process !== null && fromTask !== 'preprocess' && fromTask !== 'postprocess') {
    throw usage('Option process needs from_task preprocess or postprocess')
  }
  return {
    publish: flag(options, 'publish'),
    fromScratch: flag(options, 'fromscratch'),
    stopBefore: stepOf('stop_before'),
    stopAfter: stepOf('stop_after'),
    fromTask,
    process,
    release: text(options, 'release'),
  }
}

async function checkAgainst({site}: Call, bank: Bank, options: UpdateOptions): Promise<void> {
  const {release, process, fromTask} = options
  const production = release === null ? undefined : findProduction(bank, release)
  if (release !== null && !production) throw releaseNotFound(bank.name, release)
  if (process !== null && (await site.files.read(bank.name))?.processes.has(process) !== true) {
    throw usage(`Process ${process} not found in ${fromTask}`)
  }
}

/** A bank that the caller may have run, with properties that BioMAJ would take. It becomes the caller's if it is nobody's. */
async function runnable(call: Call, name: string): Promise<{bank: Bank}> {
  const known = await ownedBank(call, name)
  const {files, store} = call.site
  const file = await files.read(name)
  if (!file && !(await files.exists(name))) throw bankNotFound(name)
  const checked = await files.check(name)
  if (checked?.valid !== true) {
    const error = checked?.findings.find(({severity}) => severity === 'error')
    const cause = error && (error.key === null ? error.message : `${error.key}: ${error.message}`)
    throw new Refusal({
      code: 'refused',
      message: `The properties of bank "${name}" have mistakes${cause === undefined ? '' : `: ${cause}`}`,
      words: `Skip bank ${name}: wrong config\n`,
      hint: `See all of them with \`biomaj cluster bank check\` of its file, or \`biomaj-cli.py --check --bank ${name}\`.`,
    })
  }
  if (known.registered || !file) return known
  const bank = newBank(name, needAccount(call.viewer).id, file)
  if (await store.banks.insert(bank)) await announce(call, 'bank', name, {change: 'registered'})
  // Somebody else may have been faster, and be its owner now.
  return ownedBank(call, name)
}

/** One answer for a list of banks: each is taken or refused for itself. */
async function forEachBank(call: Call, request: (name: string) => Promise<Requested & {ok: true}>): Promise<Answer> {
  needAccount(call.viewer)
  const names = [...new Set(bankOption(call).split(','))].map(name => name.trim()).filter(name => name !== '')
  if (names.length === 0) throw usage('Bank name is missing')
  if (names.length > mostBanks) throw usage(`At most ${mostBanks} banks in one request`)
  if (await call.site.store.maintenance.get()) throw inMaintenance()
  const results: Requested[] = []
  for (const name of names) {
    try {
      results.push(await request(name))
    } catch (error) {
      const refusal = refusalOf(error)
      if (!refusal) throw error
      results.push({ok: false, line: lineOf(name, refusal), refusal})
    }
  }
  const jobs = results.flatMap(result => (result.ok ? [result.job] : []))
  const extra = {...(jobs[0] === undefined ? {} : {job: jobs[0]}), ...(names.length > 1 ? {jobs} : {})}
  const refused = results.flatMap(result => (result.ok ? [] : [result.refusal]))
  const [first] = refused
  if (!first) return message(results.map(({line}) => line).join(''), extra)
  if (names.length === 1) throw first
  throw new Refusal({
    code: first.code,
    message: refused.map(({message: why}) => why).join('; '),
    hint: first.hint,
    words: results.map(({line}) => line).join(''),
    extra,
  })
}

function lineOf(name: string, {words}: Refusal): string {
  return words.startsWith('Skip bank') ? words : `Skip bank ${name}: ${words}\n`
}

async function addJob<Kind extends 'update' | 'remove' | 'repair'>(
  call: Call,
  kind: Kind,
  payload: JobPayloads[Kind],
): Promise<Requested & {ok: true}> {
  const {id: user} = needAccount(call.viewer)
  const {bank} = payload
  const job = await call.site.queue.add<JobKind & Kind>({kind, bank, payload, user, correlationId: call.requestId})
  call.log.info({bank, job: job.id, kind, user}, 'request queued')
  await announce(call, 'job', bank, {job: job.id, kind, state: 'queued'})
  return {ok: true, line: `Bank ${kind} request sent for ${bank}\n`, job: job.id}
}

/** Puts the removal of a release, or of all, into the queue. */
export async function remove(call: Call): Promise<Answer> {
  const all = flag(call.options, 'removeall')
  const release = text(call.options, 'release')
  if (!all && release === null) throw usage('Bank release is missing')
  const bank = await removable(call)
  const force = flag(call.options, 'force')
  if (all) {
    const frozen = bank.production.filter(each => each.frozen).map(each => each.release)
    if (frozen.length > 0 && !force) throw frozenRelease(frozen.join(', '), 'Force the removal, or unfreeze it first.')
  } else if (release !== null) {
    const production = findProduction(bank, release)
    if (!production) throw releaseNotFound(bank.name, release)
    if (production.frozen) throw frozenRelease(production.release, 'Unfreeze it first.')
    if (production.session === bank.current) {
      throw new Refusal({
        code: 'refused',
        message: `Release ${production.release} is published and cannot be removed`,
        hint: 'Publish another release, or unpublish it.',
      })
    }
  }
  const payload = {bank: bank.name, release: all ? null : release, what: all ? 'all' : 'release', force} as const
  const {job} = await addJob(call, 'remove', payload)
  return message('Bank removal request sent', {job})
}

export async function removePending(call: Call): Promise<Answer> {
  const release = text(call.options, 'release')
  const bank = await removable(call)
  if (release !== null && !isPending(bank, release)) throw releaseNotFound(bank.name, release)
  const {job} = await addJob(call, 'remove', {bank: bank.name, release, what: 'pending', force: false})
  return message('Request sent', {job})
}

async function removable(call: Call): Promise<Bank> {
  const {bank} = await ownedBank(call, bankOption(call))
  if (await call.site.store.maintenance.get()) throw inMaintenance()
  const lock = await call.site.store.locks.get(bank.name)
  if (lock) throw bankLocked(bank.name, lock)
  return bank
}

function isPending({pending}: Bank, release: string): boolean {
  return pending.some(each => each.release === release)
}

function frozenRelease(release: string, hint: string): Refusal {
  return new Refusal({code: 'refused', message: `Release ${release} is frozen and cannot be removed`, hint})
}

/** Cancels what waits or runs for the bank. An idle bank has nothing to cancel, and its next run is not touched. */
export async function cancel(call: Call): Promise<Answer> {
  const {queue, store} = call.site
  const {bank} = await ownedBank(call, bankOption(call))
  const {id: by} = needAccount(call.viewer)
  const jobs = await queue.list({kinds: ['update', 'remove', 'repair'], states: ['queued', 'running'], bank: bank.name})
  const cancelled: string[] = []
  for (const {id} of jobs) if (await queue.cancel(id, by)) cancelled.push(id)
  if (cancelled.length === 0) {
    const lock = await store.locks.get(bank.name)
    throw new Refusal({
      code: 'bank_idle',
      message: `Nothing of bank "${bank.name}" is queued or running`,
      hint: lock ? `It is locked by job ${lock.job}, the ${lock.action} that ${lock.owner} asked for.` : undefined,
    })
  }
  for (const job of cancelled) await announce(call, 'job', bank.name, {job, cancelRequestedBy: by})
  call.log.info({bank: bank.name, jobs: cancelled, user: by}, 'cancel requested')
  const words = `Requested to cancel update of bank ${bank.name}, update will stop once current actions are over`
  return message(words, {job: cancelled[0], jobs: cancelled})
}
