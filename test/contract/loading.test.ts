/** What each command loads, by what the build says and by what a process does. `npx vitest run test/contract -u` accepts a change. */
import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {fileURLToPath} from 'node:url'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {installedPackage} from '../support/package/index.js'
import {aBank, startScriptedCluster} from '../support/scripted-cluster/index.js'
import {readManifest, root} from './run-main.js'

interface Output {
  bytes: number
  imports: {path: string; kind: string; external?: boolean}[]
  inputs: Record<string, unknown>
}

interface Metafile {
  outputs: Record<string, Output>
}

const metafile = JSON.parse(await readFile(path.join(root, 'dist/meta.json'), 'utf8')) as Metafile
const ids = Object.keys(readManifest().commands)

/** The files of the bundle that are loaded with this one, without those that are imported later, when they are needed. */
function closureOf(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen
  seen.add(file)
  const output = metafile.outputs[file]
  if (output === undefined) throw new Error(`The build has no ${file}`)
  for (const {path: imported, kind, external} of output.imports) {
    if (external !== true && kind !== 'dynamic-import') closureOf(imported, seen)
  }
  return seen
}

/** Names of packages and folders of `src` in these files. */
function partsOf(files: Iterable<string>): string[] {
  const inputs = [...files].flatMap(file => Object.keys(metafile.outputs[file]?.inputs ?? {}))
  const parts = inputs.map(
    input => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.[1] ?? /^src\/[^/]+/.exec(input)?.[0],
  )
  return [...new Set(parts)].filter(part => part !== undefined).toSorted()
}

function fileOf(id: string): string {
  return `dist/commands/${id.replaceAll(':', '/')}.js`
}

const start = closureOf('dist/cli/start.js')

describe('the bundle', () => {
  const never = new Set([
    'ink',
    'react',
    'react-reconciler',
    '@napi-rs/keyring',
    'log-update',
    'conf',
    'src/cluster',
    'src/ui',
  ])

  it.each(ids)('%s loads neither dashboard nor keychain nor cluster before it needs them', id => {
    const parts = partsOf([...start, ...closureOf(fileOf(id))])
    expect(parts.filter(part => never.has(part))).toEqual([])
  })

  it('loads these packages for each command', async () => {
    const common = partsOf(start)
    const lines = ids.toSorted().map(id => {
      const own = partsOf(closureOf(fileOf(id))).filter(part => !common.includes(part))
      return [id.replaceAll(':', ' '), ...own.map(part => `  ${part}`)].join('\n')
    })
    const text = [['every command', ...common.map(part => `  ${part}`)].join('\n'), ...lines].join('\n\n')
    await expect(`${text}\n`).toMatchFileSnapshot('snapshots/packages.txt')
  })
})

describe('a process', () => {
  let folder: string
  let hook: string

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'biomaj-loading-'))
    hook = path.join(folder, 'hook.mjs')
    // At its end the process tells which files and which modules of Node it has loaded.
    await writeFile(
      hook,
      `import {writeFileSync} from 'node:fs'
       import {registerHooks} from 'node:module'
       const files = []
       registerHooks({load: (url, context, next) => (files.push(url), next(url, context))})
       const before = new Set(process.moduleLoadList)
       process.on('exit', () => {
         const builtin = process.moduleLoadList.filter(name => !before.has(name)).map(name => name.replace(/^\\w+ /, ''))
         writeFileSync(${JSON.stringify(path.join(folder, 'loaded.json'))}, JSON.stringify({files, builtin}))
       })`,
    )
    await installedPackage()
  }, 120_000)

  afterAll(async () => {
    await rm(folder, {recursive: true, force: true})
  })

  interface Loaded {
    /** Relative to the package. */
    files: string[]
    /** Modules of Node that were not there when the program started. */
    builtin: string[]
  }

  async function loadedBy(args: readonly string[], env: Record<string, string> = {}): Promise<Loaded> {
    const biomaj = await installedPackage()
    const {code, stderr} = await biomaj.run(args, {env: {...env, NODE_OPTIONS: `--import=${hook}`}})
    expect({code, stderr}).toEqual({code: 0, stderr: ''})
    const {files, builtin} = JSON.parse(await readFile(path.join(folder, 'loaded.json'), 'utf8')) as Loaded
    const own = files
      .filter(url => url.startsWith('file:'))
      .map(url => path.relative(biomaj.folder, fileURLToPath(url)))
    return {files: own, builtin}
  }

  /** fetch and HTTP/2 take longer to load than everything else; TLS and cryptography are there at once. */
  const costly = /undici|http2|sqlite/

  it('that tells its version loads nothing but bin/run.js', async () => {
    const {files} = await loadedBy(['--version'])
    expect(files).toEqual(['bin/run.js'])
  })

  it('that shows help loads no command and no network', async () => {
    const {files, builtin} = await loadedBy(['--help'])
    expect(files.filter(file => file.startsWith('dist/commands/'))).toEqual([])
    expect(builtin.filter(name => costly.test(name) || name === 'http')).toEqual([])
  })

  it('that asks a cluster by http loads one command, at most 60 files, and neither fetch nor HTTP/2', async () => {
    const cluster = await startScriptedCluster({banks: [aBank('alu')]})
    const {files, builtin} = await loadedBy(['status'], {BIOMAJ_PROXY: cluster.url, BIOMAJ_APIKEY: 'JANEKEY001'})
    await cluster.stop()
    expect(files.filter(file => file.startsWith('dist/commands/'))).toEqual(['dist/commands/status.js'])
    expect(files.length).toBeLessThanOrEqual(60)
    expect(files).toEqual(expect.arrayContaining(['bin/run.js', ...start, ...closureOf(fileOf('status'))]))
    expect(builtin.filter(name => costly.test(name))).toEqual([])
  })
})
