import {execFile} from 'node:child_process'
import {existsSync} from 'node:fs'
import {mkdir, readdir} from 'node:fs/promises'
import path from 'node:path'
import {promisify} from 'node:util'

const root = path.resolve(import.meta.dirname, '../../..')

/** What a user has after `npm install -g biomaj`, in a folder of its own. */
export interface Installation {
  /** The command as npm linked it. */
  command: string
  /** The installed package's folder. */
  folder: string
  /** The packed file. */
  tarball: string
  /** Where tests put homes; deleted with the installation. */
  homes: string
}

/** Packs what was built and installs it as npm does. Needs no network when npm's cache has the optional keychain. */
export async function packAndInstall(folder: string): Promise<Installation> {
  for (const built of ['dist', 'oclif.manifest.json']) {
    if (!existsSync(path.join(root, built))) throw new Error(`${built} is missing: run "npm run build" first`)
  }
  const homes = path.join(folder, 'homes')
  const prefix = path.join(folder, 'prefix')
  await Promise.all([mkdir(homes), mkdir(prefix)])
  // Scripts would build again, while other tests read what was built.
  await npm('pack', '--ignore-scripts', '--silent', '--pack-destination', folder)
  const packed = (await readdir(folder)).find(name => name.endsWith('.tgz'))
  if (packed === undefined) throw new Error('npm pack wrote no tarball')
  const tarball = path.join(folder, packed)
  const quiet = ['--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline']
  await npm('install', '--global', '--prefix', prefix, ...quiet, tarball)
  return {
    command: path.join(prefix, 'bin', 'biomaj'),
    folder: path.join(prefix, 'lib', 'node_modules', 'biomaj'),
    tarball,
    homes,
  }
}

async function npm(...args: string[]): Promise<void> {
  // Set by an outer `npm test`, they would send the installation into the project's own folder.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_(?!config_cache)/i.test(name)))
  try {
    await promisify(execFile)('npm', args, {cwd: root, env, maxBuffer: 16 * 1_048_576})
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr) : ''
    throw new Error(`npm ${args[0]} failed: ${said}`, {cause: error})
  }
}
