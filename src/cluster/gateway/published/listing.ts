import {lstat, opendir} from 'node:fs/promises'
import path from 'node:path'
import {sanitise} from '../../../shared/sanitise.js'
import {escapeHtml} from '../html.js'

export interface ListedEntry {
  name: string
  kind: 'file' | 'directory'
  /** Null for folders. */
  sizeBytes: number | null
  /** RFC 3339; null when unknown. */
  modified: string | null
}

/** Most entries of one listing; what is beyond is counted and not named. */
const longestListing = 10_000

export interface Listing {
  entries: ListedEntry[]
  /** Entries that are not named. */
  leftOut: number
}

/** What is in a folder, folders first. Names that begin with a dot, links and what is neither file nor folder are not listed. */
export async function listFolder(directory: string): Promise<Listing> {
  const names: Array<{name: string; kind: ListedEntry['kind']}> = []
  let leftOut = 0
  for await (const entry of await opendir(directory)) {
    const kind = entry.isDirectory() ? 'directory' : entry.isFile() ? 'file' : undefined
    if (kind === undefined || entry.name.startsWith('.')) continue
    if (names.length < longestListing) names.push({name: entry.name, kind})
    else leftOut++
  }
  names.sort((one, other) =>
    one.kind === other.kind
      ? one.name.localeCompare(other.name, 'en', {numeric: true})
      : one.kind === 'directory'
        ? -1
        : 1,
  )
  const entries: ListedEntry[] = []
  for (let start = 0; start < names.length; start += 64) {
    entries.push(...(await Promise.all(names.slice(start, start + 64).map(found => described(directory, found)))))
  }
  return {entries, leftOut}
}

async function described(directory: string, {name, kind}: Pick<ListedEntry, 'name' | 'kind'>): Promise<ListedEntry> {
  try {
    const {size, mtime} = await lstat(path.join(directory, name))
    return {name, kind, sizeBytes: kind === 'file' ? size : null, modified: mtime.toISOString()}
  } catch (error) {
    // It was removed since it was listed.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    return {name, kind, sizeBytes: null, modified: null}
  }
}

/** A listing for people. All names come from outside and are escaped, in text as in links. */
export function listingPage({
  title,
  entries,
  leftOut,
}: {
  title: string
  entries: ListedEntry[]
  leftOut: number
}): string {
  const parts = title.split('/').filter(part => part !== '')
  const crumbs = parts.map((part, index) => {
    const up = parts.length - 1 - index
    const shown = escapeHtml(sanitise(part))
    return up === 0 ? `<span aria-current="page">${shown}</span>` : `<a href="${'../'.repeat(up)}">${shown}</a>`
  })
  const rows = entries.map(({name, kind, sizeBytes, modified}) => {
    const slash = kind === 'directory' ? '/' : ''
    const link = `<a href="./${escapeHtml(encodeURIComponent(name))}${slash}">${escapeHtml(sanitise(name))}${slash}</a>`
    const size = sizeBytes === null ? '' : readableSize(sizeBytes)
    return `<tr><td>${link}</td><td class="n">${size}</td><td class="n">${modified?.slice(0, 16).replace('T', ' ') ?? ''}</td></tr>`
  })
  const note = leftOut > 0 ? `<p>${leftOut} more are not shown.</p>` : ''
  const table =
    rows.length > 0
      ? `<table><thead><tr><th scope="col">Name</th><th scope="col" class="n">Size</th><th scope="col" class="n">Modified (UTC)</th></tr></thead><tbody>${rows.join('\n')}</tbody></table>`
      : '<p>There is nothing here.</p>'
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(sanitise(title))}</title><link rel="stylesheet" href="/status/style.css"></head>
<body><main class="listing"><h1>${crumbs.join('<i>/</i>')}</h1>${table}${note}</main></body></html>
`
}

function readableSize(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  let size = bytes
  let unit = 0
  while (size >= 1024 && unit < units.length - 1) {
    size /= 1024
    unit++
  }
  return `${unit === 0 ? size : size.toFixed(size < 10 ? 1 : 0)} ${units[unit]}`
}
