import {spawn} from 'node:child_process'
import {once} from 'node:events'
import fs from 'node:fs'
import path from 'node:path'
import {describe, expect, it, onTestFinished} from 'vitest'
import {CredentialFile} from '../../src/config/credentials/credential-file.js'
import {Secret} from '../../src/shared/secret.js'
import {bundle, failure, failureCode, temporaryDirectory} from './support.js'

const account = 'ada@https://biomaj.example.org'
const secret = new Secret('CANARYKEY1')

function fresh(): {credentials: CredentialFile; data: string; directory: string; file: string} {
  const data = path.join(temporaryDirectory(), 'data', 'biomaj')
  const directory = path.join(data, 'credentials')
  return {credentials: new CredentialFile(data), data, directory, file: path.join(directory, 'keys.json')}
}

function mode(file: string): string {
  return (fs.statSync(file).mode & 0o777).toString(8)
}

describe('the file of keys', () => {
  it('is not made by looking for a key', async () => {
    const {credentials, directory} = fresh()
    expect(await credentials.get(account)).toBeUndefined()
    expect(await credentials.delete(account)).toBe(false)
    expect(fs.existsSync(directory)).toBe(false)
  })

  it('gives each account its own key', async () => {
    const {credentials} = fresh()
    await credentials.set(account, secret)
    await credentials.set('bob@http://localhost:5000', new Secret('OTHER'))
    await credentials.set('__proto__@http://x', new Secret('THIRD'))
    expect((await credentials.get(account))?.reveal()).toBe('CANARYKEY1')
    expect((await credentials.get('bob@http://localhost:5000'))?.reveal()).toBe('OTHER')
    expect((await credentials.get('__proto__@http://x'))?.reveal()).toBe('THIRD')
    expect(await credentials.get('__proto__')).toBeUndefined()
    expect(await credentials.get('ada@http://localhost:5000')).toBeUndefined()
  })

  it('says whether there was a key to delete, and goes with the last one', async () => {
    const {credentials, file} = fresh()
    await credentials.set(account, secret)
    expect(await credentials.delete('bob@x')).toBe(false)
    expect(await credentials.delete(account)).toBe(true)
    expect(await credentials.get(account)).toBeUndefined()
    expect(fs.existsSync(file)).toBe(false)
  })

  it('leaves no key behind by probing', async () => {
    const {credentials, directory} = fresh()
    await credentials.probe()
    expect(fs.readdirSync(directory)).toEqual([])
  })

  it('tells in words that it is not encrypted', () => {
    const {credentials, file} = fresh()
    expect([credentials.kind, credentials.backend]).toEqual(['file', `file ${file} (not encrypted)`])
  })

  it('keeps every key when several processes set theirs at once', {timeout: 60_000}, async () => {
    const {credentials, data} = fresh()
    const writer = await bundle('test/config/key-writer.ts', {directory: path.join(temporaryDirectory(), 'dist')})
    const prefixes = ['a', 'b', 'c', 'd']
    const run = async (prefix: string) => {
      const child = spawn(process.execPath, [writer, data, prefix, '25'], {stdio: 'inherit'})
      await once(child, 'exit')
      return child.exitCode
    }
    expect(await Promise.all(prefixes.map(run))).toEqual([0, 0, 0, 0])
    const accounts = prefixes.flatMap(prefix => Array.from({length: 25}, (_, turn) => `${prefix}-${turn}`))
    const found = await Promise.all(accounts.map(async account => (await credentials.get(account))?.reveal()))
    expect(found).toEqual(accounts.map(account => `key of ${account}`))
  })
})

describe.skipIf(process.platform === 'win32')('the rights of the file of keys', () => {
  it('are 0600 in 0700, whatever the umask, and nothing else lies there', async () => {
    const before = process.umask(0)
    onTestFinished(() => void process.umask(before))
    const {credentials, directory, file} = fresh()
    await credentials.set(account, secret)
    expect([mode(file), mode(directory), mode(path.dirname(directory))]).toEqual(['600', '700', '700'])
    expect(fs.readdirSync(directory)).toEqual(['keys.json'])
  })

  it.each([0o640, 0o604, 0o620, 0o602])('are refused when they are wider: %o', async fileMode => {
    const {credentials, file} = fresh()
    await credentials.set(account, secret)
    fs.chmodSync(file, fileMode)
    for (const call of [
      async () => credentials.get(account),
      async () => credentials.set(account, secret),
      async () => credentials.delete(account),
    ]) {
      const error = await failure(call)
      expect([error.code, error.hint]).toEqual(['config_invalid', `Run \`chmod 600 ${file}\`.`])
    }
    expect(mode(file)).toBe(fileMode.toString(8))
  })

  it.each([0o755, 0o710, 0o770])('of its directory are refused when they are wider: %o', async directoryMode => {
    const {credentials, directory} = fresh()
    await credentials.set(account, secret)
    fs.chmodSync(directory, directoryMode)
    for (const call of [async () => credentials.get(account), async () => credentials.set(account, secret)]) {
      const error = await failure(call)
      expect([error.code, error.hint]).toEqual(['config_invalid', `Run \`chmod 700 ${directory}\`.`])
    }
  })

  it('do not help a symbolic link, in place of the file or of its directory', async () => {
    const {credentials, directory, file} = fresh()
    await credentials.set(account, secret)
    const elsewhere = temporaryDirectory()
    fs.renameSync(file, path.join(elsewhere, 'keys.json'))
    fs.symlinkSync(path.join(elsewhere, 'keys.json'), file)
    expect(await failureCode(async () => credentials.get(account))).toBe('config_invalid')
    expect(await failureCode(async () => credentials.set(account, new Secret('NEW')))).toBe('config_invalid')

    fs.rmSync(directory, {recursive: true})
    fs.symlinkSync(elsewhere, directory)
    expect(await failureCode(async () => credentials.get(account))).toBe('config_invalid')
    expect(await failureCode(async () => credentials.set(account, new Secret('NEW')))).toBe('config_invalid')
    expect(fs.readFileSync(path.join(elsewhere, 'keys.json'), 'utf8')).not.toContain('NEW')
  })
})

describe('a file of keys that is not sound', () => {
  it.each([
    'CANARYKEY1',
    '{"version":1,"keys":{"a":"CANARYKEY1"',
    '{"version":2,"keys":{"a":"CANARYKEY1"}}',
    '{"version":1,"keys":{"a":{"CANARYKEY1":1}}}',
    '{"version":1,"keys":["CANARYKEY1"]}',
    '["CANARYKEY1"]',
  ])('is refused, kept, and not quoted: %s', async text => {
    const {credentials, directory, file} = fresh()
    fs.mkdirSync(directory, {recursive: true, mode: 0o700})
    fs.writeFileSync(file, text, {mode: 0o600})
    for (const call of [async () => credentials.get(account), async () => credentials.set(account, secret)]) {
      const error = await failure(call)
      expect(error.code).toBe('config_invalid')
      expect(`${error.message}${error.hint}${JSON.stringify(error.details)}${String(error.cause)}`).not.toContain(
        'CANARY',
      )
    }
    expect(fs.readFileSync(file, 'utf8')).toBe(text)
  })
})
