/**
 * Bundles the product into dist/: one small file for each command and a few shared chunks, so that a command
 * loads what it needs and nothing else. Then writes the types of `biomaj/client` and oclif's manifest.
 */
import {execFileSync} from 'node:child_process'
import {globSync, mkdirSync, rmSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {build} from 'esbuild'
import {lazyModules} from './lazy-modules.ts'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
process.chdir(root)

const result = await build({
  entryPoints: [
    'src/cli/start.ts',
    'src/api/index.ts',
    'src/config/credentials/keychain-child.ts',
    ...globSync('src/commands/**/*.ts'),
  ],
  outdir: 'dist',
  write: false,
  outbase: 'src',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node22.13',
  minifySyntax: true,
  minifyWhitespace: true,
  // got asks whether a body is a FormData, and Node loads the whole of fetch to answer. We send none.
  inject: ['scripts/no-form-data.js'],
  legalComments: 'none',
  plugins: lazyModules(root),
  metafile: true,
  chunkNames: 'chunks/[name]-[hash]',
  // Ink asks for React's developer tools only where DEV is set.
  alias: {'react-devtools-core': './scripts/nothing.js'},
  // Loaded by oclif only when it runs from source; the native keychain only in its own process.
  external: ['typescript', 'ts-node', 'tsx', '@napi-rs/keyring'],
  // Bundled CommonJS packages ask for Node's own modules with require.
  banner: {
    js: "import {createRequire as __createRequire} from 'node:module';const require=__createRequire(import.meta.url);",
  },
  define: {'process.env.NODE_ENV': '"production"'},
  logLevel: 'warning',
})
// Only now, so that a build that fails leaves the last good one.
rmSync('dist', {recursive: true, force: true})
for (const {path, contents} of result.outputFiles) {
  mkdirSync(dirname(path), {recursive: true})
  writeFileSync(path, contents)
}
writeFileSync('dist/meta.json', JSON.stringify(result.metafile))

execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.types.json'], {stdio: 'inherit'})
execFileSync(process.execPath, ['node_modules/oclif/bin/run.js', 'manifest'], {
  stdio: ['ignore', 'ignore', 'inherit'],
  env: {...process.env, NODE_ENV: 'production'},
})
