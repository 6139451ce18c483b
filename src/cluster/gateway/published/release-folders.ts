import {mayRead, owns, type Viewer} from '../../daemon/viewer.js'
import type {Bank, Production} from '../../model/bank.js'

/** A release as it is offered: its directory's name, and where that is. */
export interface ReleaseFolder {
  /** `alu_2026-11-21`, or `current`. */
  name: string
  /** Absolute. */
  directory: string
  release: string
}

/**
 * What of a bank the viewer may read, `current` first; undefined for a bank that is none of the viewer's business.
 * A release that is newer than the published one waits for its owner to look at it, and is for nobody else; so is
 * everything of a bank that has been unpublished.
 */
export function readableReleases(bank: Bank, viewer: Viewer): ReleaseFolder[] | undefined {
  if (!mayRead(viewer, bank)) return undefined
  const all = owns(viewer, bank)
  const {current} = bank
  const readable = bank.production.filter(({session}) => all || (current !== null && session <= current))
  const published = bank.production.find(({session}) => session === current)
  return [...(published ? [{...folderOf(published), name: 'current'}] : []), ...readable.map(folderOf)]
}

function folderOf({dataDir, dirVersion, productionDirectory, release}: Production): ReleaseFolder {
  return {name: productionDirectory, directory: `${dataDir}/${dirVersion}/${productionDirectory}`, release}
}

/**
 * The key of a request: as all services take it, or as the password of HTTP's Basic scheme, which is what browsers and
 * BioMAJ's own gate of `/db` have.
 */
export function keyOfReader(headers: Headers): string | undefined {
  const [scheme, value] = headers.get('authorization')?.trim().split(/\s+/) ?? []
  if (scheme?.toUpperCase() !== 'BASIC' || value === undefined) return undefined
  const text = Buffer.from(value, 'base64').toString('utf8')
  return text.slice(text.lastIndexOf(':') + 1) || undefined
}
