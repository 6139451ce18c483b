import {readFile} from 'node:fs/promises'
import path from 'node:path'
import {build, type Plugin} from 'esbuild'
import {lazyModules} from '../../scripts/lazy-modules.ts'

const root = path.join(import.meta.dirname, '../..')

/**
 * One part of the bench with the sources that it needs, bundled as the product is. `fast`: frames follow each other as
 * quickly as they can be drawn, and not thirty times a second at most.
 */
export async function bundlePart(name: string, {folder, fast}: {folder: string; fast: boolean}): Promise<string> {
  const outfile = path.join(folder, `${name}.mjs`)
  await build({
    entryPoints: [path.join(root, `bench/dashboard/parts/${name}.ts`)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node22',
    minifySyntax: true,
    logLevel: 'error',
    plugins: [...(fast ? [withoutThrottle] : []), ...lazyModules(root)],
    alias: {'react-devtools-core': path.join(root, 'scripts/nothing.js')},
    inject: [path.join(root, 'scripts/no-form-data.js')],
    external: ['@lydell/node-pty'],
    banner: {
      js: "import {createRequire as __createRequire} from 'node:module';const require=__createRequire(import.meta.url);",
    },
    define: {'process.env.NODE_ENV': '"production"'},
  })
  return outfile
}

/** A day of frames would take most of an hour. */
const withoutThrottle: Plugin = {
  name: 'without-throttle',
  setup(building) {
    building.onLoad({filter: /open-dashboard\.tsx$/}, async ({path: file}) => {
      const source = await readFile(file, 'utf8')
      const contents = source.replace('const framesPerSecond = 30', 'const framesPerSecond = 1000')
      if (contents === source) throw new Error(`${file} no longer says how many frames there are in a second`)
      return {contents, loader: 'tsx'}
    })
  },
}
