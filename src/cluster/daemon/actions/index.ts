import type {Answer} from '../answer.js'
import {flag, own} from '../options.js'
import {Refusal} from '../refusal.js'
import type {Action, Call} from '../site.js'
import {freeze, move, publish, rename, setOwner, setVisibility, unpublish} from './changes.js'
import {bankDetail, check, show} from './detail.js'
import {bankList, failedBanks, stats} from './listing.js'
import {aboutMe, history, maintenance, templateImport, templateList, version, whatsup} from './reports.js'
import {cancel, remove, removePending, repair, update} from './requests.js'
import {runStatus} from './run.js'
import {search} from './search.js'

/** In the order in which BioMAJ looks for them: the first option that is set decides, whatever else is set. */
const actions: ReadonlyArray<readonly [option: string, action: Action]> = [
  ['version', version],
  ['history', history],
  ['stats', stats],
  ['whatsup', whatsup],
  ['maintenance', maintenance],
  ['owner', setOwner],
  ['visibility', setVisibility],
  ['newdir', move],
  ['newbank', rename],
  ['search', search],
  ['show', show],
  ['check', check],
  ['status', async call => (own(call.options, 'bank') ? bankDetail(call) : bankList(call))],
  ['statusko', failedBanks],
  ['update', update],
  ['freeze', async call => freeze(call, true)],
  ['unfreeze', async call => freeze(call, false)],
  ['remove', remove],
  ['removeall', remove],
  ['removepending', removePending],
  ['unpublish', unpublish],
  ['publish', publish],
  ['updatestatus', runStatus],
  ['updatecancel', cancel],
  ['aboutme', aboutMe],
  ['datalist', templateList],
  ['dataimport', templateImport],
  ['repair', repair],
]

/** The option that decides what a call does; undefined when none is set. */
export function actionNameOf(options: Call['options']): string | undefined {
  return actions.find(([option]) => flag(options, option))?.[0]
}

/** @throws {Refusal} whatever is in the way */
export async function act(call: Call): Promise<Answer> {
  const name = actionNameOf(call.options)
  const action = actions.find(([option]) => option === name)?.[1]
  if (!action) throw new Refusal({code: 'usage', message: 'no option match'})
  return action(call)
}
