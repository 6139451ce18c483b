import {readFile, rm} from 'node:fs/promises'
import {BiomajError} from '../../shared/errors.js'
import {bankFile} from '../engine/load-bank.js'
import {readPropertiesFile} from '../engine/properties/read-file.js'
import {propertiesOf} from '../settings/templates/bank-template.js'
import {bankTemplate} from '../settings/templates/bank-templates.js'
import {addBank} from './add-bank.js'
import type {OpenSite} from './open-site.js'
import {lastSamplePort} from './samples.js'

/** A bank as `biomaj cluster bank list` shows it. */
export interface SiteBank {
  name: string
  owner: string
  visibility: 'public' | 'private'
  /** Its properties file; null when that is gone. */
  file: string | null
  /** Remote name of the published release. */
  publishedRelease: string | null
  releases: number
}

type Site = Pick<OpenSite, 'store' | 'confDirectory'>

export async function listBanks({store, confDirectory}: Site): Promise<SiteBank[]> {
  const rows = await store.banks.list()
  return Promise.all(
    rows.map(async ({name, owner, visibility, publishedRelease, releases}) => {
      const file = bankFile(name, confDirectory)
      const isThere = (await readPropertiesFile(file, '/')).ok
      return {name, owner, visibility, file: isThere ? file : null, publishedRelease, releases: releases.length}
    }),
  )
}

export interface BankSource {
  name: string
  owner: string
  /** Name of a template, or a properties file, absolute; the file wins. */
  template: string
  file: string | undefined
}

/** @returns path of the bank's properties file */
export async function addBankFrom(
  {name, owner, template, file}: BankSource,
  site: Site,
  {dataDirectory}: {dataDirectory: string},
): Promise<string> {
  const sampleServer = `127.0.0.1:${await lastSamplePort(dataDirectory)}`
  const properties =
    file === undefined ? propertiesOf(bankTemplate(template), {bank: name, sampleServer}) : await textOf(file)
  return addBank({name, owner, properties}, site)
}

/**
 * Forgets a bank and removes its properties file. Its releases are removed by `biomaj-cli --remove-all` before, or stay
 * where they are.
 *
 * @returns how many releases are left on disk
 * @throws {BiomajError} `bank_not_found`; `bank_locked` while something works on it; `refused` when it has releases and
 * these are not to be left
 */
export async function forgetBank(
  name: string,
  {store, confDirectory}: Site,
  {leaveReleases}: {leaveReleases: boolean},
): Promise<number> {
  const bank = await store.banks.get(name)
  if (bank === undefined) throw bankUnknown(name)
  const lock = await store.locks.get(name)
  if (lock !== undefined) {
    throw new BiomajError({code: 'bank_locked', message: `${lock.owner}'s ${lock.action} works on the bank "${name}"`})
  }
  const {length: releases} = bank.production
  if (releases > 0 && !leaveReleases) {
    throw new BiomajError({
      code: 'refused',
      message: `The bank "${name}" has ${releases === 1 ? 'a release' : `${releases} releases`} on disk`,
      hint: 'Remove its releases first, or leave them where they are with --leave-releases.',
      details: {bank: name, releases},
    })
  }
  await store.banks.remove(name)
  await rm(bankFile(name, confDirectory), {force: true})
  return releases
}

/** @public The commands get it with the room's other parts, when they need them. */
export function bankUnknown(name: string): BiomajError {
  return new BiomajError({
    code: 'bank_not_found',
    message: `There is no bank "${name}" in this cluster`,
    hint: 'See `biomaj cluster bank list`.',
  })
}

async function textOf(file: string): Promise<string> {
  const read = await readPropertiesFile(file, '/')
  if (read.ok) return readFile(file, 'utf8')
  throw new BiomajError({code: 'usage', message: `${file} cannot be read: ${read.message}`, hint: read.hint})
}
