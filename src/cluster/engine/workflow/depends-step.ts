import {BiomajError} from '../../../shared/errors.js'
import {RunCancelled, type RunOutcome} from '../engine.js'
import {loadBank} from '../load-bank.js'
import {told} from '../told.js'
import {listOf, productionOf} from './bank-document.js'
import {directoryOf} from './current-link.js'
import type {StepResult, UpdateRun} from './update-run.js'

/** Updates the banks that this one depends on, in this run, each under its own lock and with its own status. */
export async function depends(run: UpdateRun): Promise<StepResult> {
  run.log.info('Workflow:wf_depends')
  const {session} = run
  session.dependencies = []
  run.dependencyDirectories = []
  for (const bank of await dependenciesOf(run)) {
    run.signal.throwIfAborted()
    run.log.info(`Update:Depends:${bank}`)
    const outcome = await run.updateDependency(bank)
    run.log.info(`Update:Depends:${bank}:${outcome.state === 'done' ? 'True' : 'False'}`)
    // It is one job: whoever cancelled the one has cancelled the other.
    if (outcome.state === 'cancelled') throw new RunCancelled(outcome.reason ?? 'cancelled')
    if (outcome.state !== 'done') {
      const message = told`the update of ${bank}, which it depends on, failed: ${outcome.reason ?? outcome.state}`
      throw new BiomajError({code: 'update_failed', message})
    }
    remember(run, bank, outcome)
  }
  run.log.info('Workflow:wf_depends:True')
  if (session.dependencies.length > 0 && !session.dependencies.some(({updated}) => updated)) {
    run.log.info('Workflow:wf_depends:no bank updated')
  }
  return 'done'
}

function remember(run: UpdateRun, bank: string, {session, release, directory, updated}: RunOutcome): void {
  run.log.info(`Workflow:wf_depends:${bank}:${updated ? 'True' : 'False'}`)
  if (session === null || release === null || directory === null) return
  run.session.dependencies.push({bank, session, release, updated})
  run.dependencyDirectories.push({bank, directory})
}

/** For a session that is taken up again after this step: where the releases of its dependencies are now. */
export async function findDependencies(run: UpdateRun): Promise<void> {
  run.dependencyDirectories = []
  for (const {bank, release} of run.session.dependencies) {
    const stored = await run.parts.store.banks.get(bank)
    const production = stored && productionOf(stored, release)
    if (production) run.dependencyDirectories.push({bank, directory: directoryOf(production)})
  }
}

/**
 * All banks that a bank depends on, also through others, those first that others need. BioMAJ's order.
 *
 * @throws {BiomajError} `config_invalid` for a bank that depends on itself
 */
async function dependenciesOf(run: UpdateRun): Promise<string[]> {
  const search = async (names: string[], above: readonly string[]): Promise<string[]> => {
    let found = names
    for (const name of names) {
      if (above.includes(name)) {
        const circle = [...above.slice(above.indexOf(name)), name].join(' -> ')
        throw new BiomajError({
          code: 'config_invalid',
          message: told`Banks depend on each other in a circle: ${circle}`,
        })
      }
      const properties = await loadBank(name, run.parts)
      found = [...(await search(listOf(properties.get('depends', '')), [...above, name])), ...found]
    }
    return found
  }
  const all = await search(listOf(run.properties.get('depends', '')), [run.bank])
  return [...new Set(all)]
}
