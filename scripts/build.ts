/**
 * Bundles the product into dist/: one small file for each command and a few shared chunks, so that a command
 * loads what it needs and nothing else. Then writes the types of `biomaj/client` and oclif's manifest.
 */
import {execFileSync} from 'node:child_process'
import {globSync, rmSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {build, type Plugin} from 'esbuild'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
process.chdir(root)
rmSync('dist', {recursive: true, force: true})

/**
 * Importing node:http as an ES module makes Node read each of its exports, and one of them loads the whole of fetch
 * (20 ms at every start). Asking for the same module by a function does not.
 */
const lazyHttp: Plugin = {
  name: 'lazy-http',
  setup({onResolve, onLoad}) {
    onResolve({filter: /^(node:)?http$/}, () => ({path: 'node:http', namespace: 'builtin'}))
    onLoad({filter: /.*/, namespace: 'builtin'}, ({path}) => ({contents: `module.exports = process.getBuiltinModule('${path}')`}))
  },
}

const result = await build({
  entryPoints: [
    'src/cli/start.ts',
    'src/api/index.ts',
    'src/config/credentials/keychain-child.ts',
    ...globSync('src/commands/**/*.ts'),
  ],
  outdir: 'dist',
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
  plugins: [lazyHttp],
  metafile: true,
  chunkNames: 'chunks/[name]-[hash]',
  // Loaded by oclif only when it runs from source; the native keychain only in its own process.
  external: ['typescript', 'ts-node', 'tsx', '@napi-rs/keyring'],
  // Bundled CommonJS packages ask for Node's own modules with require.
  banner: {
    js: "import {createRequire as __createRequire} from 'node:module';const require=__createRequire(import.meta.url);",
  },
  define: {'process.env.NODE_ENV': '"production"'},
  logLevel: 'warning',
})
writeFileSync('dist/meta.json', JSON.stringify(result.metafile))

execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.types.json'], {stdio: 'inherit'})
execFileSync(process.execPath, ['node_modules/oclif/bin/run.js', 'manifest'], {
  stdio: ['ignore', 'ignore', 'inherit'],
  env: {...process.env, NODE_ENV: 'production'},
})
