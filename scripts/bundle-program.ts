import path from 'node:path'
import {build, type Plugin} from 'esbuild'
import {lazyModules} from './lazy-modules.ts'

const root = path.join(import.meta.dirname, '..')

/**
 * Makes one file of a program that uses the sources of the dashboard, as the build makes the product. Below the project,
 * so that packages with native parts are found.
 */
export async function bundleProgram({
  entry,
  outfile,
  plugins = [],
}: {
  entry: string
  outfile: string
  plugins?: readonly Plugin[]
}): Promise<void> {
  await build({
    entryPoints: [path.join(root, entry)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node22.13',
    minifySyntax: true,
    logLevel: 'error',
    plugins: [...plugins, ...lazyModules(root)],
    alias: {'react-devtools-core': path.join(root, 'scripts/nothing.js')},
    inject: [path.join(root, 'scripts/no-form-data.js')],
    external: ['@lydell/node-pty'],
    banner: {
      js: "import {createRequire as __createRequire} from 'node:module';const require=__createRequire(import.meta.url);",
    },
    define: {'process.env.NODE_ENV': '"production"'},
  })
}
