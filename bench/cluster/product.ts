import {cp, mkdir} from 'node:fs/promises'
import path from 'node:path'

/** The built program, as it is installed. */
export interface Product {
  /** `bin/run.js` */
  program: string
}

/** A copy of its own: whoever builds again in the meantime does not change what is measured. */
export async function installProduct({from, to}: {from: string; to: string}): Promise<Product> {
  await mkdir(to, {recursive: true})
  for (const part of ['bin', 'dist', 'assets', 'package.json', 'oclif.manifest.json']) {
    await cp(path.join(from, part), path.join(to, part), {recursive: true})
  }
  return {program: path.join(to, 'bin/run.js')}
}
