/**
 * Bundles the product into dist/: one small file for each command and a few shared chunks, so that a command
 * loads what it needs and nothing else. Then writes the types of `biomaj/client` and oclif's manifest.
 */
import {execFileSync} from 'node:child_process'
import {globSync, rmSync, writeFileSync} from 'node:fs'
import http2 from 'node:http2'
import {dirname, join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {build, type Plugin} from 'esbuild'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
process.chdir(root)
rmSync('dist', {recursive: true, force: true})

/**
 * The HTTP client imports modules of Node that a plain request never uses (TLS, HTTP/2, and by a side effect of
 * importing node:http as an ES module the whole of fetch), at 35 ms for each start. Here each of their exports is
 * read when it is first used.
 */
const lazyNode: Plugin = {
  name: 'lazy-node',
  setup({onResolve, onLoad}) {
    const lazy = /^(?:node:)?(http|https|http2|tls|dns|crypto|zlib)$/
    onResolve({filter: lazy}, ({path, kind}) =>
      kind === 'import-statement' ? {path: path.replace(lazy, 'node:$1'), namespace: 'lazy-node'} : null,
    )
    onLoad({filter: /.*/, namespace: 'lazy-node'}, ({path}) => {
      const names = Object.keys(process.getBuiltinModule(path) ?? {})
      const getters = names.map(name =>
        // The client unpacks the protocol's numbers when it is loaded; they are the same on every Node.
        path === 'node:http2' && name === 'constants'
          ? `constants: ${JSON.stringify(http2.constants)}`
          : `get ${name}() { return process.getBuiltinModule('${path}').${name} }`,
      )
      return {contents: `module.exports = {${getters.join(',')}}`}
    })
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
  plugins: [lazyNode],
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
