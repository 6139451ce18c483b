import {mkdtempSync, readFileSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {fileURLToPath, pathToFileURL} from 'node:url'
import {build} from 'esbuild'
import type {Plugin} from 'esbuild'

const root = fileURLToPath(new URL('../../../', import.meta.url))

/** One file with a program of these sources and all that it needs; removed when this process ends. */
export async function bundle(entry: string): Promise<string> {
  const folder = mkdtempSync(path.join(tmpdir(), 'biomaj-bundle-'))
  process.once('exit', () => rmSync(folder, {recursive: true, force: true}))
  const outfile = path.join(folder, 'program.mjs')
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node22',
    logLevel: 'error',
    plugins: [placesOfSources],
    external: ['esbuild', 'vitest', '@lydell/node-pty'],
    banner: {
      js: `import {createRequire as createRequireHere} from 'node:module'; const require = createRequireHere(${JSON.stringify(pathToFileURL(root).href)});`,
    },
  })
  return outfile
}

/** Sources find scripts and data from their own place, which in a bundle would be the bundle's. */
const placesOfSources: Plugin = {
  name: 'places of sources',
  setup(building) {
    building.onLoad({filter: /\.ts$/, namespace: 'file'}, ({path: file}) => {
      if (file.includes('node_modules')) return undefined
      const contents = readFileSync(file, 'utf8')
        .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(file).href))
        .replaceAll('import.meta.dirname', JSON.stringify(path.dirname(file)))
      return {contents, loader: 'ts'}
    })
  },
}
