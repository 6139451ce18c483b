import {createReadStream} from 'node:fs'
import {lstat, mkdir, readlink, rename, rm} from 'node:fs/promises'
import path from 'node:path'
import {told} from '../told.js'
import {ArchiveProblem} from './entry-names.js'
import type {StagedArchive} from './stage-archive.js'
import type {EntryKind} from './staging.js'

/** One entry on its way from a staging folder to its place. */
interface Move {
  from: string
  /** Below the directory. */
  place: string
  kind: EntryKind
  archive: string
}

export interface Merge {
  /** Absolute. */
  directory: string
  /** What was downloaded, archives and others; below the directory. */
  downloads: ReadonlySet<string>
  /** Those of the downloads that are being extracted. */
  archives: ReadonlySet<string>
}

/**
 * What has to be moved to bring the entries of all archives to their places.
 *
 * Two archives may have the same file, as the volumes of a BLAST database do, and an archive may have a file that was
 * downloaded as well, as long as the contents are equal.
 *
 * @throws {MergeProblem} when something would replace something else; nothing has been moved then
 */
export async function planMoves(staged: readonly StagedArchive[], merge: Merge): Promise<Move[]> {
  const moves = new Map<string, Move>()
  const folders = foldersOf(merge.downloads)
  for (const {archive, folder, staging} of staged) {
    for (const [name, kind] of staging.entries) {
      const place = folder === '' ? name : `${folder}/${name}`
      const move: Move = {from: path.join(staging.root, name), place, kind, archive}
      const earlier = moves.get(place)
      if (earlier && !(await areEqual(earlier, move))) {
        throw new MergeProblem(move, told`it and ${earlier.archive} both have ${place}, and they differ`)
      }
      if (await isDownloaded(move, {...merge, folders})) continue
      if (await isFolderInTheWay(move, merge)) {
        throw new MergeProblem(move, told`it has a file where there is a folder: ${place}`)
      }
      moves.set(place, move)
    }
  }
  return [...moves.values()]
}

/** A problem of one archive among many. */
export class MergeProblem extends ArchiveProblem {
  readonly archive: string

  constructor({archive}: Pick<Move, 'archive'>, message: string) {
    super(message)
    this.archive = archive
  }
}

/** Brings everything to its place; what an earlier run left there is replaced. Can be done again after a crash. */
export async function carryOutMoves(moves: readonly Move[], directory: string): Promise<void> {
  for (const {from, place, kind} of moves) {
    const target = path.join(directory, place)
    if (kind !== 'directory') {
      await rename(from, target)
      continue
    }
    // Not through a link that somebody else put there.
    const there = await kindOf(target)
    if (there === 'directory') continue
    if (there !== undefined) await rm(target)
    await mkdir(target)
  }
}

async function isDownloaded(
  move: Move,
  {directory, downloads, archives, folders}: Merge & {folders: ReadonlySet<string>},
): Promise<boolean> {
  const {place, kind, archive} = move
  const wouldReplace = () => new MergeProblem({archive}, told`it would replace what was downloaded: ${place}`)
  if (kind !== 'directory' && folders.has(place)) throw wouldReplace()
  if (!downloads.has(place)) return false
  if (archives.has(place)) throw wouldReplace()
  const download = {...move, from: path.join(directory, place), kind: await kindOf(path.join(directory, place))}
  // A download that is not there any more was moved on by an earlier run.
  if (download.kind === undefined) return false
  if (!(await areEqual({...download, kind: download.kind}, move))) throw wouldReplace()
  return true
}

async function isFolderInTheWay({place, kind}: Move, {directory}: Merge): Promise<boolean> {
  return kind !== 'directory' && (await kindOf(path.join(directory, place))) === 'directory'
}

/** All folders that hold one of the files. */
function foldersOf(files: ReadonlySet<string>): Set<string> {
  const folders = new Set<string>()
  for (const file of files) {
    for (let folder = path.dirname(file); folder !== '.'; folder = path.dirname(folder)) folders.add(folder)
  }
  return folders
}

async function areEqual(one: Move, other: Move): Promise<boolean> {
  if (one.kind !== other.kind) return false
  if (one.kind === 'directory') return true
  if (one.kind === 'symlink') return (await readlink(one.from)) === (await readlink(other.from))
  return await haveEqualContents(one.from, other.from)
}

async function haveEqualContents(one: string, other: string): Promise<boolean> {
  const [oneFacts, otherFacts] = await Promise.all([lstat(one), lstat(other)])
  if (oneFacts.size !== otherFacts.size) return false
  const [left, right] = [chunks(one), chunks(other)]
  try {
    for (;;) {
      const [{value: a, done}, {value: b}] = await Promise.all([left.next(), right.next()])
      if (done === true) return true
      // Files of equal size are read in equal chunks.
      if (!a.equals(b as Buffer)) return false
    }
  } finally {
    await Promise.all([left.return?.(), right.return?.()])
  }
}

function chunks(file: string): AsyncIterator<Buffer> {
  return (createReadStream(file, {highWaterMark: 64 * 1024}) as AsyncIterable<Buffer>)[Symbol.asyncIterator]()
}

/** Undefined when there is nothing. */
async function kindOf(file: string): Promise<EntryKind | undefined> {
  try {
    const facts = await lstat(file)
    if (facts.isDirectory()) return 'directory'
    return facts.isSymbolicLink() ? 'symlink' : 'file'
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}
