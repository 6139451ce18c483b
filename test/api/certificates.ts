import {execFileSync} from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'

export interface Identity {
  key: string
  cert: string
}

/** A certificate authority with what it issues, made by openssl in a folder that is gone afterwards. */
export class Authority {
  readonly #folder = fs.mkdtempSync(path.join(os.tmpdir(), 'biomaj-pki-'))
  readonly pem: string

  constructor() {
    this.#openssl('req', '-x509', ...newKey('ca.key'), '-out', 'ca.pem', '-subj', '/CN=test authority', '-days', '2')
    this.pem = this.#read('ca.pem')
  }

  /** @param days negative for one that has expired */
  issue(name: string, {san, days}: {san: string; days: number}): Identity {
    this.#openssl('req', ...newKey(`${name}.key`), '-out', `${name}.csr`, '-subj', `/CN=${name}`)
    fs.writeFileSync(path.join(this.#folder, `${name}.ext`), `subjectAltName=${san}\n`)
    const from = ['-req', '-in', `${name}.csr`, '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial']
    this.#openssl('x509', ...from, '-extfile', `${name}.ext`, '-days', String(days), '-out', `${name}.pem`)
    return {key: this.#read(`${name}.key`), cert: this.#read(`${name}.pem`)}
  }

  selfSigned(): Identity {
    const names = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1']
    this.#openssl('req', '-x509', ...newKey('self.key'), '-out', 'self.pem', ...names, '-days', '2')
    return {key: this.#read('self.key'), cert: this.#read('self.pem')}
  }

  remove(): void {
    fs.rmSync(this.#folder, {recursive: true})
  }

  #read(file: string): string {
    return fs.readFileSync(path.join(this.#folder, file), 'utf8')
  }

  #openssl(...args: string[]): void {
    execFileSync('openssl', args, {cwd: this.#folder, stdio: 'pipe'})
  }
}

function newKey(file: string): string[] {
  return ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', file]
}
