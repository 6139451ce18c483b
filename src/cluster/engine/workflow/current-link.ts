import {existsSync} from 'node:fs'
import {rename, rm} from 'node:fs/promises'
import path from 'node:path'
import type {Bank, Production} from '../../model/bank.js'
import type {BankLayout} from '../layout.js'
import type {EngineParts} from './engine-parts.js'
import {syncPlace} from '../sync-tree.js'
import {linkTarget, placeText, prepareLink} from './trees.js'

/** The release that is published, when it is in production. */
export function publishedOf(bank: Bank): Production | undefined {
  return bank.production.find(({session}) => session === bank.current)
}

/** Absolute folder of a release. */
export function directoryOf({dataDir, dirVersion, productionDirectory}: Production): string {
  return path.join(dataDir, dirVersion, productionDirectory)
}

/**
 * Publishes: stores the change, which must set `current`, and moves the link. All that can fail on disk is done before
 * the change is stored; after a crash between the two, `followCurrent` finishes it.
 */
export async function publishWith(
  {parts, layout}: {parts: EngineParts; layout: BankLayout},
  directory: string,
  store: () => Promise<unknown>,
): Promise<void> {
  const prepared = await prepareLink(linkText(layout, directory), layout.currentLink)
  await store()
  await rename(prepared, layout.currentLink)
  await followCurrent({parts, layout})
  await syncPlace(layout.releasesDirectory)
}

/** Makes `current` and `RELEASE.txt` say what the store says. Whoever changes it meanwhile is followed too. */
export async function followCurrent({parts, layout}: {parts: EngineParts; layout: BankLayout}): Promise<void> {
  for (;;) {
    const before = await parts.store.banks.get(layout.bank)
    if (!before) return
    await follow(before, layout)
    const after = await parts.store.banks.get(layout.bank)
    if (!after || after.current === before.current) return
  }
}

async function follow(bank: Bank, layout: BankLayout): Promise<void> {
  const published = publishedOf(bank)
  if (!published) {
    // A link that others made, for a release that is not ours, is left alone.
    if (bank.current === null && (await isOurs(bank, layout))) await unlinkCurrent(layout)
    return
  }
  const target = linkText(layout, directoryOf(published))
  if ((await linkTarget(layout.currentLink)) !== target) {
    await rename(await prepareLink(target, layout.currentLink), layout.currentLink)
  }
  const note = `Bank: ${bank.name}\nRelease: ${published.release}\nRemote release:${published.remoteRelease}\n`
  await placeText(note, layout.releaseNote)
}

async function isOurs(bank: Bank, layout: BankLayout): Promise<boolean> {
  const target = await linkTarget(layout.currentLink)
  return target !== undefined && bank.production.some(release => linkText(layout, directoryOf(release)) === target)
}

/** Takes `current` back for a bank that goes, but for one that leads to a release of another bank in the same folder. */
export async function withdrawCurrent(bank: Bank, layout: BankLayout): Promise<void> {
  const target = await linkTarget(layout.currentLink)
  const leadsElsewhere = target !== undefined && !(await isOurs(bank, layout)) && existsSync(layout.currentLink)
  if (!leadsElsewhere) await unlinkCurrent(layout)
}

async function unlinkCurrent(layout: BankLayout): Promise<void> {
  await rm(layout.currentLink, {force: true})
  await rm(layout.releaseNote, {force: true})
}

/** Relative when both are in one folder, so that the whole folder can be moved. */
function linkText(layout: BankLayout, directory: string): string {
  return path.dirname(directory) === layout.releasesDirectory ? path.basename(directory) : directory
}
