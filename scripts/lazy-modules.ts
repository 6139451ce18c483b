/**
 * Modules that the bundle reads when they are first used instead of at every start: together more than half of the
 * time that a plain command would take to load. Only how a module is reached changes, not the module.
 */
import {realpathSync} from 'node:fs'
import {readFile} from 'node:fs/promises'
import http2 from 'node:http2'
import {join} from 'node:path'
import type {Plugin} from 'esbuild'

export function lazyModules(root: string): Plugin[] {
  return [node, oclif(root), proxyAgents(root), layout, segmenters(root)]
}

/** A CommonJS module of which each export is an expression that is evaluated when the export is first asked for. */
function lazily(exports: Record<string, string>): string {
  const getters = Object.entries(exports).map(([name, expression]) => `get ${name}() { return ${expression} }`)
  return `module.exports = {${getters.join(',')}}`
}

/**
 * The HTTP client imports modules of Node that a plain request never uses (TLS, HTTP/2), and importing node:http as an
 * ES module makes Node load all of fetch. Together 35 ms. Importing node:util evaluates each of its exports, of which
 * some load their module only then. 10 ms.
 */
const node: Plugin = {
  name: 'lazy-node',
  setup(build) {
    const rarely = /^(?:node:)?(http|https|http2|tls|dns|crypto|zlib|util)$/
    build.onResolve({filter: rarely}, ({path, kind}) =>
      kind === 'import-statement' ? {path: path.replace(rarely, 'node:$1'), namespace: 'lazy-node'} : null,
    )
    build.onLoad({filter: /.*/, namespace: 'lazy-node'}, ({path}) => {
      const exports = Object.keys(process.getBuiltinModule(path) ?? {}).map(name => [
        name,
        // The client unpacks the protocol's numbers when it is loaded; they are the same on every Node.
        path === 'node:http2' && name === 'constants'
          ? JSON.stringify(http2.constants)
          : `process.getBuiltinModule('${path}').${name}`,
      ])
      return {contents: lazily(Object.fromEntries(exports) as Record<string, string>)}
    })
  },
}

/** oclif's index loads all of oclif, and its Command the discovery of plugins, which only help needs. 15 ms. */
function oclif(root: string): Plugin {
  const lib = realpathSync(join(root, 'node_modules/@oclif/core/lib'))
  const index = {
    Args: `require('${lib}/args.js')`,
    Command: `require('${lib}/command.js').Command`,
    CommandHelp: `require('${lib}/help/index.js').CommandHelp`,
    Config: `require('${lib}/config/index.js').Config`,
    Errors: `require('${lib}/errors/index.js')`,
    Flags: `require('${lib}/flags.js')`,
    Help: `require('${lib}/help/index.js').Help`,
  }
  const within = {
    Config: index.Config,
    Help: index.Help,
    loadHelpClass: `require('${lib}/help/index.js').loadHelpClass`,
  }
  return {
    name: 'lazy-oclif',
    setup(build) {
      build.onResolve({filter: /^@oclif\/core$/}, () => ({path: 'index', namespace: 'lazy-oclif'}))
      build.onResolve({filter: /^(\.\/config|\.\/help|\.\.\/help\/index)$/}, ({importer}) =>
        importer.startsWith(lib) && /(command|flags|errors\/handle)\.js$/.test(importer)
          ? {path: 'within', namespace: 'lazy-oclif'}
          : null,
      )
      build.onLoad({filter: /.*/, namespace: 'lazy-oclif'}, ({path}) => ({
        resolveDir: lib,
        contents: lazily(path === 'index' ? index : within),
      }))
    },
  }
}

/** Few clusters are behind an HTTP proxy, and the agents for one load TLS. 10 ms. */
function proxyAgents(root: string): Plugin {
  const file = realpathSync(join(root, 'node_modules/hpagent/index.js'))
  return {
    name: 'lazy-proxy-agents',
    setup(build) {
      build.onResolve({filter: /^hpagent$/}, () => ({path: 'hpagent', namespace: 'lazy-proxy-agents'}))
      build.onLoad({filter: /.*/, namespace: 'lazy-proxy-agents'}, () => ({
        resolveDir: root,
        contents: lazily({
          HttpProxyAgent: `require('${file}').HttpProxyAgent`,
          HttpsProxyAgent: `require('${file}').HttpsProxyAgent`,
        }),
      }))
    },
  }
}

/** The layout engine asks fetch for bytes that are in its own file, and Node loads the whole of fetch to answer. 40 ms. */
const layout: Plugin = {
  name: 'layout-without-fetch',
  setup(build) {
    build.onLoad({filter: /yoga-wasm-base64-esm\.js$/}, async ({path}) => {
      const source = await readFile(path, 'utf8')
      const asks = '"function"!=typeof fetch'
      if (!source.includes(asks)) throw new Error(`${path} no longer asks for fetch: see whether this is needed`)
      return {contents: source.replaceAll(asks, 'true'), loader: 'js'}
    })
  },
}

/** What draws the dashboard segments every row of every frame, most of which are simple. See quick-segmenter.js. */
function segmenters(root: string): Plugin {
  const quick = JSON.stringify(join(root, 'scripts/quick-segmenter.js'))
  const made = /new Intl\.Segmenter\(([^)]*)\)/g
  // Characters that are one cell wide, of which the packages know those of ASCII only.
  const ascii = '/^[\\u0020-\\u007E]*$/'
  const narrow =
    '/^[ -~\\u00A1-\\u00AC\\u00AE-\\u017F\\u2010-\\u2027\\u2190-\\u21FF\\u2212\\u23CE\\u2500-\\u25CF\\u2713\\u2717]*$/'
  return {
    name: 'quick-segmenters',
    setup(build) {
      const drawing =
        /(ink\/build\/line-update|wrap-ansi\/index|string-width\/index|slice-ansi\/tokenize-ansi|ansi-tokenize\/build\/tokenize)\.js$/
      build.onLoad({filter: drawing}, async ({path}) => {
        const source = await readFile(path, 'utf8')
        if (!made.test(source)) return undefined
        const contents = source.replaceAll(made, 'quickSegmenter($1)').replaceAll(ascii, narrow)
        return {contents: `import {quickSegmenter} from ${quick};${contents}`, loader: 'js'}
      })
    },
  }
}
