import {readFile} from 'node:fs/promises'
import path from 'node:path'
import type {Plugin} from 'esbuild'
import {bundleProgram} from '../../scripts/bundle-program.ts'

/**
 * One part of the bench with the sources that it needs, bundled as the product is. `fast`: frames follow each other as
 * quickly as they can be drawn, and not thirty times a second at most.
 */
export async function bundlePart(name: string, {folder, fast}: {folder: string; fast: boolean}): Promise<string> {
  const outfile = path.join(folder, `${name}.mjs`)
  const plugins = fast ? [withoutThrottle] : []
  await bundleProgram({entry: `bench/dashboard/parts/${name}.ts`, outfile, plugins})
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
