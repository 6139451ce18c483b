import {readFileSync} from 'node:fs'
import path from 'node:path'
import {PassThrough} from 'node:stream'
import {main} from '../../src/cli/main.js'
import type {Program} from '../../src/cli/main.js'
import type {OutputStream, Runtime} from '../../src/cli/runtime.js'
import {systemClock} from '../../src/shared/clock.js'
import {FakeForeground} from '../support/foreground.js'
import {commandClasses} from '../e2e/command-classes.js'

export const root = path.join(import.meta.dirname, '../..')

export interface Manifest {
  commands: Record<string, ManifestCommand>
}

interface ManifestCommand {
  aliases: string[]
  hidden?: boolean
  strict: boolean
  args: Record<string, {required?: boolean; multiple?: boolean; options?: string[]; default?: unknown}>
  flags: Record<string, ManifestFlag>
}

export interface ManifestFlag {
  type: 'boolean' | 'option'
  char?: string
  helpValue?: string
  helpGroup?: string
  multiple?: boolean
  required?: boolean
  hidden?: boolean
  options?: string[]
  default?: unknown
  exclusive?: string[]
  dependsOn?: string[]
  aliases?: string[]
}

/** As the build wrote it. */
export function readManifest(): Manifest {
  return JSON.parse(readFileSync(path.join(root, 'oclif.manifest.json'), 'utf8')) as Manifest
}

/** The program with its commands in this process, in a terminal of 80 columns that shows no colours. */
export async function runMain(...argv: string[]): Promise<{exitCode: number; stdout: string; stderr: string}> {
  const stdout = captured()
  const stderr = captured()
  const runtime: Runtime = {
    env: {NO_COLOR: '1'},
    platform: process.platform,
    home: '/nonexistent',
    cwd: '/',
    stdin: Object.assign(new PassThrough(), {isTTY: false}),
    stdout: stdout.stream,
    stderr: stderr.stream,
    signal: new AbortController().signal,
    allowAfterInterrupt: () => undefined,
    foreground: new FakeForeground(),
    clock: systemClock,
    date: () => new Date(),
    keychainChild: path.join(root, 'dist/config/credentials/keychain-child.js'),
  }
  const exitCode = await main(argv, program(), runtime)
  return {exitCode, stdout: stdout.text(), stderr: stderr.text()}
}

function program(): Program {
  return {
    root,
    version: '0.0.0',
    commandIds: Object.keys(readManifest().commands),
    loadCommand: async id => {
      const Class = commandClasses[id.replaceAll(':', ' ')]
      if (Class === undefined) throw new Error(`test/e2e/command-classes.ts lacks ${id}`)
      return await Promise.resolve(Class as unknown as Awaited<ReturnType<Program['loadCommand']>>)
    },
  }
}

function captured(): {stream: OutputStream; text: () => string} {
  const stream: OutputStream & PassThrough = Object.assign(new PassThrough(), {isTTY: true, columns: 80, rows: 24})
  const chunks: Buffer[] = []
  stream.on('data', (chunk: Buffer) => chunks.push(chunk))
  return {stream, text: () => Buffer.concat(chunks).toString('utf8')}
}
