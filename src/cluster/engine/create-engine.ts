import type {Engine} from './engine.js'
import {syncTree} from './sync-tree.js'
import type {EngineParts} from './workflow/engine-parts.js'
import {freeze, move, publish, rename, unpublish} from './workflow/manage.js'
import {remove} from './workflow/remove.js'
import {repair} from './workflow/repair.js'
import {update} from './workflow/update.js'

export {engineClock, type EngineParts} from './workflow/engine-parts.js'

/**
 * The engine: what BioMAJ does with banks on disk. It holds nothing between two calls; several engines may share a
 * store, also from different machines, as long as no two work on one bank at a time.
 */
export function createEngine(given: Omit<EngineParts, 'syncTree'> & Partial<Pick<EngineParts, 'syncTree'>>): Engine {
  // A store in memory is lost with the machine, and whatever it says of files with it.
  const parts: EngineParts = {syncTree: given.settings.memory ? async () => Promise.resolve() : syncTree, ...given}
  return {
    update: async (request, context) => update(parts, request, context),
    remove: async (request, context) => remove(parts, request, context),
    repair: async (request, context) => repair(parts, request, context),
    publish: async (bank, release) => publish(parts, bank, release),
    unpublish: async bank => unpublish(parts, bank),
    freeze: async (bank, release, frozen) => freeze(parts, bank, {release, frozen}),
    rename: async (bank, name) => rename(parts, bank, name),
    move: async (bank, directory) => move(parts, bank, directory),
  }
}
