import type {Accounts} from '../../daemon/accounts.js'
import {BankFiles} from '../../daemon/bank-files.js'
import {keyOf, type Viewer, viewerOf} from '../../daemon/viewer.js'
import type {HttpHandler} from '../../services/service.js'
import type {ClusterSettings} from '../../settings/cluster-settings.js'
import type {Store} from '../../store/store.js'
import {failure} from '../answers.js'
import {wantsHtml} from '../html.js'
import {type ListedEntry, listFolder, listingPage} from './listing.js'
import {keyOfReader, type ReleaseFolder, readableReleases} from './release-folders.js'
import {isName, openInside} from './resolve-path.js'
import {sendFile} from './send-file.js'

export interface PublishedDataOptions {
  store: Pick<Store, 'banks'>
  accounts: Accounts
  /** Users who may do everything, beside those whose record says so. */
  admins: readonly string[]
  /** Whether the site serves its data at all (`expose` of `global.properties`). Default: it does. */
  isExposed?: (() => Promise<boolean>) | undefined
}

/** `expose` as BioMAJ reads it: everything but `false` and `0` is yes. Read anew each time. */
export function exposedByFiles(
  {globalProperties, dataDirectory}: Pick<ClusterSettings, 'globalProperties' | 'dataDirectory'>,
  env: Readonly<Record<string, string | undefined>>,
): () => Promise<boolean> {
  const files = new BankFiles({globalProperties, dataDirectory, env})
  return async () => {
    const exposed = (await files.global()).resolve('expose')
    return !(exposed?.ok === true && ['false', '0'].includes(exposed.value.toLowerCase()))
  }
}

const pagePolicy = "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

/**
 * What answers below `/db`: `/db/BANK/RELEASE DIRECTORY/...` and `/db/BANK/current/...`, folders as listings (HTML or
 * JSON, as is asked for), files with ranges and validators. Private banks are for their owner and for administrators,
 * and look to everybody else like banks that do not exist.
 */
export function createPublishedData(options: PublishedDataOptions): HttpHandler {
  return {fetch: request => answer(request, options)}
}

async function answer(request: Request, options: PublishedDataOptions): Promise<Response> {
  if (options.isExposed && !(await options.isExposed())) {
    return failure(403, {code: 'forbidden', message: 'This cluster does not serve its data'})
  }
  const {pathname} = new URL(request.url)
  const segments = decoded(pathname.replace(/^\/db\/?/, '').replace(/\/$/, ''))
  if (!segments) return nothing()
  const key = keyOf(request.headers) ?? keyOfReader(request.headers)
  const viewer = await viewerOf(key, options)
  const [name, folder, ...rest] = segments
  if (name === undefined) {
    const banks = await readableBanks(options.store, viewer)
    return listing(request, {title: 'db', folders: banks})
  }
  const bank = await options.store.banks.get(name)
  const releases = bank && readableReleases(bank, viewer)
  if (!releases) return unknownBank(viewer)
  if (folder === undefined) return listing(request, {title: `db/${name}`, folders: releases.map(({name}) => name)})
  const release = releases.find(release => release.name === folder)
  return release ? await insideRelease(request, {release, rest, title: ['db', ...segments].join('/')}) : nothing()
}

async function insideRelease(
  request: Request,
  {release, rest, title}: {release: ReleaseFolder; rest: string[]; title: string},
): Promise<Response> {
  // What begins with a dot is not listed, and not there either.
  if (rest.some(segment => segment.startsWith('.'))) return nothing()
  const entry = await openInside(release.directory, rest)
  if (!entry) return nothing()
  const {pathname} = new URL(request.url)
  if (entry.kind === 'file') {
    if (!pathname.endsWith('/')) return await sendFile(request, entry, rest.at(-1) ?? 'file')
    await entry.handle.close()
    return nothing()
  }
  await entry.handle.close()
  if (!pathname.endsWith('/')) return withSlash(pathname)
  const {entries, leftOut} = await listFolder(entry.location)
  return listingResponse(request, {title, entries, leftOut})
}

function listing(request: Request, {title, folders}: {title: string; folders: string[]}): Response {
  const {pathname} = new URL(request.url)
  if (!pathname.endsWith('/')) return withSlash(pathname)
  const entries = folders.map(name => ({name, kind: 'directory' as const, sizeBytes: null, modified: null}))
  return listingResponse(request, {title, entries, leftOut: 0})
}

function listingResponse(
  request: Request,
  content: {title: string; entries: ListedEntry[]; leftOut: number},
): Response {
  const headers = {'cache-control': 'no-cache', vary: 'accept, authorization, x-api-key'}
  if (!wantsHtml(request.headers)) {
    const {entries, leftOut} = content
    return Response.json({path: `/${content.title}`, entries, leftOut}, {headers})
  }
  return new Response(listingPage(content), {
    headers: {...headers, 'content-type': 'text/html; charset=utf-8', 'content-security-policy': pagePolicy},
  })
}

/** Relative links of a listing need the slash. */
function withSlash(pathname: string): Response {
  return new Response(null, {status: 308, headers: {location: `${pathname}/`}})
}

async function readableBanks(store: Pick<Store, 'banks'>, viewer: Viewer): Promise<string[]> {
  const rows = await store.banks.list()
  return rows
    .filter(row => row.visibility === 'public' || viewer.admin || viewer.account?.id === row.owner)
    .filter(
      row =>
        row.releases.length > 0 && (row.publishedRelease !== null || viewer.admin || viewer.account?.id === row.owner),
    )
    .map(({name}) => name)
}

/** A browser asks for a name and a key when it is told that one is missing, so that is said of every unknown bank. */
function unknownBank({keyGiven}: Viewer): Response {
  if (keyGiven) return nothing()
  return failure(
    401,
    {
      code: 'login_required',
      message: 'There is no such public bank',
      hint: 'Private ones need the API key of their owner',
    },
    {headers: {'www-authenticate': 'Basic realm="BioMAJ: any name, and your API key as password", charset="UTF-8"'}},
  )
}

function nothing(): Response {
  return failure(404, {code: 'not_found', message: 'There is nothing at this path'})
}

function decoded(path: string): string[] | undefined {
  if (path === '') return []
  try {
    const segments = path.split('/').map(segment => decodeURIComponent(segment))
    return segments.every(segment => isName(segment)) ? segments : undefined
  } catch (error) {
    if (error instanceof URIError) return undefined
    throw error
  }
}
