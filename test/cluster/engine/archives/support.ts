import {execFileSync} from 'node:child_process'
import {mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {onTestFinished} from 'vitest'
import type {ExtractionRequest} from '../../../../src/cluster/engine/archives/index.js'

/** A folder that is gone after the test. `outside` lies beside `offline`, to see whether something got out. */
export function workplace(): {
  offline: string
  outside: string
  put: (name: string, content: string | Buffer) => string
} {
  const root = mkdtempSync(path.join(tmpdir(), 'archives-'))
  onTestFinished(() => rmSync(root, {recursive: true, force: true}))
  const offline = path.join(root, 'offline')
  const outside = path.join(root, 'outside')
  for (const folder of [offline, outside]) mkdirSync(folder)
  const put = (name: string, content: string | Buffer) => {
    const file = path.join(offline, name)
    mkdirSync(path.dirname(file), {recursive: true})
    writeFileSync(file, content)
    return file
  }
  return {offline, outside, put}
}

export function extraction(
  offline: string,
  files: string[],
  changes: Partial<ExtractionRequest> = {},
): ExtractionRequest {
  return {
    directory: offline,
    files,
    limits: {maxBytes: 1_000_000_000, maxRatio: 10_000, maxEntries: 100_000},
    threads: 2,
    signal: new AbortController().signal,
    ...changes,
  }
}

/** Every file and link below a folder, with its content (links with an arrow), in order. Empty folders end with a slash. */
export function tree(folder: string): Record<string, string> {
  const found: Record<string, string> = {}
  for (const entry of readdirSync(folder, {recursive: true, withFileTypes: true})) {
    const full = path.join(entry.parentPath, entry.name)
    const name = path.relative(folder, full)
    if (entry.isDirectory()) {
      if (readdirSync(full).length === 0) found[`${name}/`] = ''
    } else if (entry.isSymbolicLink()) found[name] = '(link)'
    else found[name] = readFileSync(full, 'latin1')
  }
  return Object.fromEntries(Object.entries(found).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

export interface TarEntry {
  name: string
  content?: string
  /** As Python's tarfile calls them: REGTYPE, SYMTYPE, LNKTYPE, DIRTYPE, CHRTYPE, FIFOTYPE. */
  type?: string
  target?: string
  mode?: number
  mtime?: number
}

/** A tar archive with any entries whatever, such as no honest tool would make. Mode as Python's tarfile: `w:gz`. */
export function tar(file: string, entries: TarEntry[], mode = 'w:gz'): void {
  const script = `
import io, json, sys, tarfile
file, mode, entries = sys.argv[1], sys.argv[2], json.load(sys.stdin)
with tarfile.open(file, mode) as archive:
    for entry in entries:
        info = tarfile.TarInfo(entry['name'])
        info.type = getattr(tarfile, entry.get('type', 'REGTYPE'))
        info.linkname = entry.get('target', '')
        info.mode = entry.get('mode', 0o644)
        info.mtime = entry.get('mtime', 1600000000)
        content = entry.get('content', '').encode('latin1')
        info.size = len(content)
        archive.addfile(info, io.BytesIO(content))
`
  execFileSync('/usr/bin/python3', ['-c', script, file, mode], {input: JSON.stringify(entries)})
}

export interface ZipEntry {
  name: string
  content?: string
  /** All sixteen bits, with the kind of file. */
  mode?: number
  deflate?: boolean
}

export function zip(file: string, entries: ZipEntry[]): void {
  const script = `
import json, sys, zipfile
with zipfile.ZipFile(sys.argv[1], 'w') as archive:
    for entry in json.load(sys.stdin):
        info = zipfile.ZipInfo(entry['name'], (2020, 9, 13, 12, 26, 40))
        info.create_system = 3
        info.external_attr = entry.get('mode', 0o100644) << 16
        info.compress_type = zipfile.ZIP_DEFLATED if entry.get('deflate') else zipfile.ZIP_STORED
        archive.writestr(info, entry.get('content', '').encode('latin1'))
`
  execFileSync('/usr/bin/python3', ['-W', 'ignore', '-c', script, file], {input: JSON.stringify(entries)})
}

/** `content` through a program such as gzip. */
export function packed(program: 'gzip' | 'bzip2' | 'xz', content: string | Buffer): Buffer {
  return execFileSync(program, ['-c'], {input: content, maxBuffer: 100_000_000})
}
