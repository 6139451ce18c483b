/**
 * Modules that the bundle reads when they are first used instead of at every start: together more than half of the
 * time that a plain command would take to load. Only how a module is reached changes, not the module.
 */
import {realpathSync} from 'node:fs'
import http2 from 'node:http2'
import {join} from 'node:path'
import type {Plugin} from 'esbuild'

export function lazyModules(root: string): Plugin[] {
  return [node, oclif(root), proxyAgents(root)]
}

/** A CommonJS module of which each export is an expression that is evaluated when the export is first asked for. */
function lazily(exports: Record<string, string>): string {
  const getters = Object.entries(exports).map(([name, expression]) => `get ${name}() { return ${expression} }`)
  return `module.exports = {${getters.join(',')}}`
}

/**
 * The HTTP client imports modules of Node that a plain request never uses (TLS, HTTP/2), and importing node:http as an
 * ES module makes Node load all of fetch. Together 35 ms.
 */
const node: Plugin = {
  name: 'lazy-node',
  setup(build) {
    const rarely = /^(?:node:)?(http|https|http2|tls|dns|crypto|zlib)$/
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
