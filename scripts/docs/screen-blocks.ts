import {execFile} from 'node:child_process'
import {mkdir, readFile, rm, writeFile} from 'node:fs/promises'
import path from 'node:path'
import {promisify} from 'node:util'
import {bundleProgram} from '../bundle-program.ts'

const root = path.join(import.meta.dirname, '../..')

/** Puts the screens of the dashboard between the marks of these files that name them. */
export async function writeScreens(files: readonly string[]): Promise<void> {
  const screens = await takeScreens()
  for (const file of files) {
    const text = await readFile(path.join(root, file), 'utf8')
    await writeFile(path.join(root, file), withScreens(text, screens))
  }
}

/** @throws {Error} when a mark names a screen that there is not */
export function withScreens(text: string, screens: Readonly<Record<string, string>>): string {
  return text.replaceAll(/<!-- screen (.+?) -->\n[^]*?<!-- end of screen -->/g, (_, name: string) => {
    const screen = screens[name]
    if (screen === undefined) throw new Error(`There is no screen "${name}", but ${Object.keys(screens).join(', ')}`)
    return `<!-- screen ${name} -->\n\n\`\`\`text\n${screen}\n\`\`\`\n\n<!-- end of screen -->`
  })
}

async function takeScreens(): Promise<Record<string, string>> {
  const folder = path.join(root, 'node_modules/.cache', `biomaj-docs-${process.pid}`)
  await mkdir(folder, {recursive: true})
  try {
    const outfile = path.join(folder, 'screens.mjs')
    await bundleProgram({entry: 'scripts/docs/screens.ts', outfile})
    const env = {...process.env, TZ: 'UTC', CI: ''}
    const {stdout} = await promisify(execFile)(process.execPath, [outfile], {env})
    return JSON.parse(stdout) as Record<string, string>
  } finally {
    await rm(folder, {recursive: true, force: true})
  }
}
