import {link, lutimes, mkdir, open, symlink} from 'node:fs/promises'
import path from 'node:path'
import {told} from '../told.js'
import type {ExtractionBudget} from './budget.js'
import {ArchiveProblem, entryPath, linkTarget} from './entry-names.js'

export type EntryKind = 'file' | 'directory' | 'symlink'

export interface EntryFacts {
  name: string
  /** Permissions; only the nine bits of owner, group and others count. */
  mode?: number | undefined
  modifiedAt?: Date | undefined
}

/** A file that is being written. */
export interface StagedFile {
  write(chunk: Uint8Array): Promise<void>
  end(): Promise<void>
  /** Gives up; may be called after `end`. */
  discard(): Promise<void>
}

/**
 * A fresh folder that takes the entries of one archive. It alone writes there, so what it remembers of its entries is
 * the truth: an entry never goes through a link, never replaces another, and is a file, a folder or a link inside.
 */
export class Staging {
  readonly root: string
  /** Path below the root to what is there; folders that entries only imply are among them, parents before children. */
  readonly entries = new Map<string, EntryKind>()
  readonly #budget: ExtractionBudget

  constructor(root: string, budget: ExtractionBudget) {
    this.root = root
    this.#budget = budget
  }

  async directory({name}: EntryFacts): Promise<void> {
    this.#budget.countEntry()
    await this.#makeDirectory(entryPath(name))
  }

  async file({name, mode = 0o644, modifiedAt}: EntryFacts): Promise<StagedFile> {
    const target = await this.#newEntry(name, 'file')
    // The process's umask applies; setuid, setgid and sticky are dropped, and the owner can always read it.
    const handle = await open(target, 'wx', (mode & 0o777) | 0o600)
    let closed = false
    const close = async () => {
      if (closed) return
      closed = true
      await handle.close()
    }
    return {
      write: async chunk => {
        this.#budget.countBytes(chunk.length)
        for (let offset = 0; offset < chunk.length; ) {
          const {bytesWritten} = await handle.write(chunk, offset)
          offset += bytesWritten
        }
      },
      end: async () => {
        if (modifiedAt && isUsable(modifiedAt)) await handle.utimes(modifiedAt, modifiedAt)
        await close()
      },
      discard: close,
    }
  }

  async symbolicLink({name, modifiedAt}: EntryFacts, target: string): Promise<void> {
    const place = entryPath(name)
    const confined = linkTarget(place, target)
    const full = await this.#newEntry(name, 'symlink')
    await symlink(confined, full)
    if (modifiedAt && isUsable(modifiedAt)) await lutimes(full, modifiedAt, modifiedAt)
  }

  /** A second name of a file that came before. */
  async hardLink({name}: EntryFacts, target: string): Promise<void> {
    const source = entryPath(target)
    if (this.entries.get(source) !== 'file') {
      throw new ArchiveProblem(told`it has a link to something that is not one of its files: ${name} -> ${target}`)
    }
    await link(path.join(this.root, source), await this.#newEntry(name, 'file'))
  }

  async #newEntry(name: string, kind: EntryKind): Promise<string> {
    this.#budget.countEntry()
    const place = entryPath(name)
    if (place === '') throw new ArchiveProblem(told`it has an entry without a name: ${name}`)
    if (this.entries.has(place)) throw new ArchiveProblem(told`it has two entries of the same name: ${place}`)
    await this.#makeDirectory(parentOf(place))
    this.entries.set(place, kind)
    return path.join(this.root, place)
  }

  async #makeDirectory(place: string): Promise<void> {
    if (place === '') return
    const known = this.entries.get(place)
    if (known === 'directory') return
    if (known !== undefined) {
      throw new ArchiveProblem(told`it has entries below ${place}, which is a ${known === 'file' ? 'file' : 'link'}`)
    }
    await this.#makeDirectory(parentOf(place))
    this.entries.set(place, 'directory')
    await mkdir(path.join(this.root, place))
  }
}

function parentOf(place: string): string {
  const slash = place.lastIndexOf('/')
  return slash === -1 ? '' : place.slice(0, slash)
}

function isUsable(date: Date): boolean {
  return Number.isFinite(date.getTime())
}
