import fs from 'node:fs'
import path from 'node:path'
import {BiomajError} from '../shared/errors.js'
import type {Context} from './context-file.js'
import {type Environment, variable} from './environment.js'

export interface TargetTls {
  /** Absolute path of the certificate authority's file, and its PEM text. */
  caFile?: string
  ca?: string
  rejectUnauthorized: boolean
}

export interface TlsInput {
  flags: {caFile?: string | undefined; insecure?: boolean | undefined}
  env: Environment
  context: Context | undefined
  /** Where a relative `--ca-file` starts. */
  cwd: string
}

/** How far the cluster's certificate is trusted. The authority's file is read here, once. */
export function resolveTls({flags, env, context, cwd}: TlsInput): TargetTls {
  const rejectUnauthorized = !(flags.insecure === true || context?.insecureTls === true)
  const caFile = flags.caFile ?? variable(env, 'BIOMAJ_CA_FILE') ?? context?.caFile
  if (caFile === undefined) return {rejectUnauthorized}
  const source =
    flags.caFile === undefined ? (variable(env, 'BIOMAJ_CA_FILE') ? 'BIOMAJ_CA_FILE' : 'context') : '--ca-file'
  const absolute = path.resolve(cwd, caFile)
  return {caFile: absolute, ca: readCertificates(absolute, source), rejectUnauthorized}
}

function readCertificates(file: string, source: string): string {
  const unusable = (why: string, cause?: unknown) =>
    new BiomajError({
      code: 'config_invalid',
      message: `Cannot use the CA file ${file} (${source}): ${why}`,
      hint: 'Give a PEM file with the certificate of your authority, or leave it out to use the system defaults.',
      cause,
    })
  let pem: string
  try {
    pem = fs.readFileSync(file, 'utf8')
  } catch (error) {
    throw unusable(error instanceof Error && 'code' in error ? String(error.code) : 'it cannot be read', error)
  }
  if (!pem.includes('-----BEGIN CERTIFICATE-----')) throw unusable('it holds no PEM certificate')
  return pem
}
