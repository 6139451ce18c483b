import path from 'node:path'
import {BiomajError} from '../../shared/errors.js'
import type {BankProperties} from './properties/bank-properties.js'
import {told} from './told.js'

/** Where things of a bank are. All paths are absolute. */
export interface BankLayout {
  bank: string
  /** `data.dir`. Releases and files in transit are below it. */
  dataDirectory: string
  /** `dir.version`, relative to `data.dir`, as sessions and releases remember it. */
  dirVersion: string
  /** `data.dir/dir.version`, with one folder for each release. */
  releasesDirectory: string
  /** `data.dir/offline.dir.name`, where files are gathered before they become a release. Emptied after each update. */
  offlineDirectory: string
  /** `log.dir/<bank>`, with one folder for each run. */
  logDirectory: string
  cacheDirectory: string
  processDirectory: string
  /** Link to the folder of the published release. */
  currentLink: string
  /** Link to the release in the making, as long as its processes run. */
  futureLink: string
  releaseNote: string
}

const siteKeys = ['data.dir', 'conf.dir', 'log.dir', 'cache.dir', 'process.dir', 'lock.dir'] as const
const controlCharacter = /\p{Cc}/u

/**
 * The folders of a bank.
 *
 * @throws {BiomajError} `config_invalid` when one is missing, is not absolute, or would be outside of where it belongs;
 * nothing has been written then
 */
export function layoutOf(bank: string, properties: BankProperties): BankLayout {
  const site = new Map(siteKeys.map(key => [key, siteFolder(key, properties)]))
  const folder = (key: (typeof siteKeys)[number]) => site.get(key) ?? ''
  const dataDirectory = folder('data.dir')
  const releasesDirectory = folderBelow(dataDirectory, 'dir.version', properties)
  const offlineDirectory = folderBelow(dataDirectory, 'offline.dir.name', properties)
  if (isWithin(releasesDirectory, offlineDirectory)) {
    throw invalid('offline.dir.name', 'it contains the releases, and is emptied after each update')
  }
  for (const [key, site_] of site) {
    if (isWithin(site_, offlineDirectory)) {
      throw invalid('offline.dir.name', `it contains ${key}, and is emptied after each update`)
    }
  }
  return {
    bank,
    dataDirectory,
    dirVersion: path.relative(dataDirectory, releasesDirectory),
    releasesDirectory,
    offlineDirectory,
    logDirectory: path.join(folder('log.dir'), plainName(bank, 'name of the bank')),
    cacheDirectory: folder('cache.dir'),
    processDirectory: folder('process.dir'),
    currentLink: path.join(releasesDirectory, 'current'),
    futureLink: path.join(releasesDirectory, 'future_release'),
    releaseNote: path.join(releasesDirectory, 'RELEASE.txt'),
  }
}

const reserved = new Set(['current', 'future_release', 'RELEASE.txt'])

/**
 * Name of the folder of a release, such as `alu_2026-11-21`.
 *
 * @throws {BiomajError} `config_invalid` when it would not be one plain name
 */
export function releaseDirectoryName(bank: string, release: string, properties: BankProperties): string {
  const name = plainName(`${bank}${properties.get('release.separator', '_')}${release}`, 'name of the release')
  if (reserved.has(name)) throw invalid('release', told`"${name}" has a meaning of its own`)
  return name
}

/**
 * The place of a file whose name others chose. A slash at its begin means nothing.
 *
 * @throws {BiomajError} `config_invalid` when it would be outside of the folder, or the folder itself
 */
export function placeBelow(folder: string, name: string): string {
  const relative = name.replace(/^\/+/, '')
  const place = path.resolve(folder, relative)
  const plain = !relative.includes('\0') && !relative.split('/').includes('..') && !relative.endsWith('/')
  if (!plain || place === folder || !isWithin(place, folder)) {
    throw invalid('file name', told`"${name}" is no name of a file below the folder of the bank`)
  }
  return place
}

/**
 * One segment of a path.
 *
 * @throws {BiomajError} `config_invalid`
 */
export function plainName(name: string, what: string): string {
  if (name === '' || name === '.' || name === '..' || /[/\\]/.test(name) || controlCharacter.test(name)) {
    throw invalid(what, told`"${name}" is no plain name`)
  }
  if (Buffer.byteLength(name) > 255) throw invalid(what, 'it is longer than a file name can be')
  return name
}

/** Whether a path is the folder or below it. Both must be absolute and without `..`. */
export function isWithin(place: string, folder: string): boolean {
  return place === folder || place.startsWith(folder.endsWith(path.sep) ? folder : folder + path.sep)
}

function siteFolder(key: string, properties: BankProperties): string {
  const value = properties.get(key, '')
  if (value === '') throw invalid(key, 'it is not set')
  if (!path.isAbsolute(value) || value.includes('\0')) throw invalid(key, 'it must be an absolute path')
  const place = path.resolve(value)
  if (place === path.parse(place).root) throw invalid(key, 'it must not be the root of the file system')
  return place
}

function folderBelow(root: string, key: string, properties: BankProperties): string {
  const value = properties.get(key, '')
  if (value === '') throw invalid(key, 'it is not set')
  const place = path.resolve(root, value)
  if (path.isAbsolute(value) || controlCharacter.test(value) || place === root || !isWithin(place, root)) {
    throw invalid(key, 'it must be a folder below data.dir')
  }
  return place
}

function invalid(key: string, why: string): BiomajError {
  return new BiomajError({
    code: 'config_invalid',
    message: `${key} cannot be used: ${why}`,
    hint: 'Correct it in the properties of the bank or in global.properties.',
    details: {key},
  })
}
