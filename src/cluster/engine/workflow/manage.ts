import {lstat, readFile, rm} from 'node:fs/promises'
import path from 'node:path'
import {BiomajError} from '../../../shared/errors.js'
import type {Bank, Production} from '../../model/bank.js'
import {type BankLayout, isWithin, layoutOf} from '../layout.js'
import {bankFile, loadBank, loadSite} from '../load-bank.js'
import {told} from '../told.js'
import {productionOf} from './bank-document.js'
import {directoryOf, followCurrent, publishWith} from './current-link.js'
import type {EngineParts} from './engine-parts.js'
import {exists, moveTo, placeText} from './trees.js'

interface Managed {
  parts: EngineParts
  layout: BankLayout
  bank: Bank
}

async function managed(parts: EngineParts, name: string): Promise<Managed> {
  const layout = layoutOf(name, await loadBank(name, parts))
  const bank = await parts.store.banks.get(name)
  if (!bank) throw new BiomajError({code: 'bank_not_found', message: told`There is no bank "${name}"`})
  return {parts, layout, bank}
}

/** Points `current` at a release; null is the newest. */
export async function publish(
  parts: EngineParts,
  name: string,
  release: string | null,
): Promise<{release: string; directory: string}> {
  const {layout, bank} = await managed(parts, name)
  const production = release === null ? bank.production.at(-1) : productionOf(bank, release)
  if (!production) throw noRelease(release)
  const directory = directoryOf(production)
  if (!(await exists(directory))) throw gone(directory)
  await publishWith({parts, layout}, directory, async () => {
    await parts.store.banks.change(name, now => {
      if (!now.production.some(({session}) => session === production.session)) throw noRelease(release)
      return {...now, current: production.session}
    })
  })
  return {release: production.release, directory}
}

export async function unpublish(parts: EngineParts, name: string): Promise<void> {
  const {layout} = await managed(parts, name)
  await parts.store.banks.change(name, now => ({...now, current: null}))
  await followCurrent({parts, layout})
}

export async function freeze(
  parts: EngineParts,
  name: string,
  {release, frozen}: {release: string; frozen: boolean},
): Promise<void> {
  const changed = await parts.store.banks.change(name, now => {
    const chosen = productionOf(now, release)
    if (!chosen) throw noRelease(release)
    return {...now, production: now.production.map(other => (other === chosen ? {...other, frozen} : other))}
  })
  if (!changed) throw new BiomajError({code: 'bank_not_found', message: told`There is no bank "${name}"`})
}

/** Gives the bank and its properties another name. Folders of releases that there are keep theirs. */
export async function rename(parts: EngineParts, from: string, to: string): Promise<void> {
  const site = await loadSite(parts)
  const confDirectory = site.get('conf.dir', '')
  const [source, target] = [bankFile(from, confDirectory), bankFile(to, confDirectory)]
  if (await exists(target)) throw nameTaken(to)
  await loadBank(from, parts)
  const text = await readFile(source, 'utf8')
  await placeText(renamed(text, to), target)
  let done = false
  try {
    done = await parts.store.banks.rename(from, to)
  } finally {
    if (!done) await rm(target, {force: true})
  }
  if (!done) throw nameTaken(to)
  await rm(source)
}

/** The text with another `db.name`; comments and the order of lines stay. */
function renamed(text: string, name: string): string {
  const line = /^db\.name[ \t]*[=:].*$/im
  return line.test(text)
    ? text.replace(line, () => `db.name=${name}`)
    : text.replace(/^\[GENERAL\].*$/m, header => `${header}\ndb.name=${name}`)
}

/** Moves the releases to another folder below `data.dir`. Each counts as moved as soon as it is. */
export async function move(parts: EngineParts, name: string, directory: string): Promise<void> {
  const {layout, bank} = await managed(parts, name)
  const target = path.resolve(layout.dataDirectory, directory)
  if (target === layout.dataDirectory || !isWithin(target, layout.dataDirectory)) {
    throw new BiomajError({
      code: 'usage',
      message: told`${directory} is not below ${layout.dataDirectory}`,
      hint: 'Give a folder below data.dir.',
    })
  }
  if (isWithin(target, layout.offlineDirectory)) {
    throw new BiomajError({code: 'usage', message: 'Releases cannot be kept where files are gathered'})
  }
  if (!(await isDirectory(target))) {
    throw new BiomajError({code: 'usage', message: 'Destination directory does not exists'})
  }
  if (bank.production.length === 0) {
    throw new BiomajError({code: 'release_not_found', message: 'Nothing to move, no production directory'})
  }
  for (const production of bank.production) await moveOne({parts, layout, bank}, production, target)
}

async function moveOne({parts, layout, bank}: Managed, production: Production, target: string): Promise<void> {
  const [from, to] = [directoryOf(production), path.join(target, production.productionDirectory)]
  if (from !== to && (await exists(from))) {
    if (await exists(to)) {
      throw new BiomajError({code: 'refused', message: told`${to} is there already`})
    }
    await moveTo(from, to)
  }
  const dirVersion = path.relative(layout.dataDirectory, target)
  await parts.store.banks.change(bank.name, now => ({
    ...now,
    sessions: now.sessions.map(session => (session.id === production.session ? {...session, dirVersion} : session)),
    production: now.production.map(other =>
      other.session === production.session ? {...other, dataDir: layout.dataDirectory, dirVersion} : other,
    ),
  }))
  await followCurrent({parts, layout})
}

async function isDirectory(place: string): Promise<boolean> {
  return (await exists(place)) && (await lstat(place)).isDirectory()
}

function noRelease(release: string | null): BiomajError {
  const message =
    release === null
      ? 'The bank has no release'
      : told`No production session could be found for this release: ${release}`
  return new BiomajError({code: 'release_not_found', message})
}

function gone(directory: string): BiomajError {
  return new BiomajError({code: 'release_not_found', message: told`The folder of the release is gone: ${directory}`})
}

function nameTaken(name: string): BiomajError {
  return new BiomajError({code: 'refused', message: told`There is a bank "${name}" already`})
}
