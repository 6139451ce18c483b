import {spawn} from 'node:child_process'
import {once} from 'node:events'
import fs from 'node:fs'
import path from 'node:path'
import {beforeAll, describe, expect, it, onTestFinished} from 'vitest'
import {type Context, ContextStore, suggestContextName} from '../../src/config/contexts.js'
import {sanitise} from '../../src/shared/sanitise.js'
import {bundle, failure, failureCode, temporaryDirectory} from './support.js'

const prod: Context = {
  name: 'prod',
  url: 'https://biomaj.example.org',
  user: 'ada',
  email: 'ada@example.org',
  credentialStore: 'keychain',
  allowHttp: false,
}
const lab: Context = {
  name: 'lab',
  url: 'http://lab:5000/biomaj',
  credentialStore: 'none',
  allowHttp: true,
  caFile: '/etc/ssl/lab.pem',
  insecureTls: true,
  readOnly: true,
}

function store(): ContextStore {
  return new ContextStore(path.join(temporaryDirectory(), 'config', 'biomaj'))
}

function mode(file: string): string {
  return (fs.statSync(file).mode & 0o777).toString(8)
}

function storeWith(text: string): ContextStore {
  const contexts = store()
  fs.mkdirSync(path.dirname(contexts.file), {recursive: true, mode: 0o700})
  fs.writeFileSync(contexts.file, text, {mode: 0o600})
  return contexts
}

describe('contexts', () => {
  it('are none on a new machine, and looking creates nothing', () => {
    const contexts = store()
    expect(contexts.list()).toEqual([])
    expect(contexts.current()).toBeUndefined()
    expect(fs.existsSync(path.dirname(contexts.file))).toBe(false)
  })

  it('come back as they were saved, in the order of their names', async () => {
    const contexts = store()
    await contexts.save(prod)
    await contexts.save(lab)
    expect(contexts.list()).toEqual([lab, prod])
    expect(contexts.get('lab')).toEqual(lab)
  })

  it('that are temporary leave in any order, and what was current before them is so again', async () => {
    const contexts = store()
    await contexts.save(prod, {use: true})
    await contexts.save({...lab, name: 'one'}, {use: true, pid: 1})
    await contexts.save({...lab, name: 'two'}, {use: true, pid: 2})
    await contexts.save({...lab, name: 'two'}, {use: true, pid: 2})
    expect(contexts.get('two').temporary).toEqual({pid: 2, before: 'one'})
    await contexts.rename('one', 'first')
    expect(contexts.get('two').temporary).toEqual({pid: 2, before: 'first'})
    await contexts.removeTemporary(({pid}) => pid === 1)
    expect(contexts.current()?.temporary).toEqual({pid: 2, before: 'prod'})
    await contexts.removeTemporary(({pid}) => pid === 2)
    expect([contexts.list(), contexts.current()]).toEqual([[prod], prod])
  })

  it('store a URL in its one form', async () => {
    const contexts = store()
    const stored = await contexts.save({...prod, url: ' HTTPS://Example.ORG:443/x/?q=1 '})
    expect(stored.url).toBe('https://example.org/x')
    expect(contexts.get('prod').url).toBe('https://example.org/x')
  })

  it('make the first one current, and a later one only when asked', async () => {
    const contexts = store()
    await contexts.save(prod)
    await contexts.save(lab)
    expect(contexts.current()?.name).toBe('prod')
    await contexts.save(lab, {use: true})
    expect(contexts.current()?.name).toBe('lab')
    expect(await contexts.use('prod')).toEqual(prod)
    expect(contexts.current()).toEqual(prod)
  })

  it('keep the current one through a rename', async () => {
    const contexts = store()
    await contexts.save(prod)
    await contexts.save(lab)
    expect(await contexts.rename('prod', 'production')).toEqual({...prod, name: 'production'})
    expect(contexts.list().map(({name}) => name)).toEqual(['lab', 'production'])
    expect(contexts.current()?.name).toBe('production')
  })

  it('have no current one after it is removed', async () => {
    const contexts = store()
    await contexts.save(prod)
    await contexts.save(lab)
    expect(await contexts.remove('prod')).toEqual(prod)
    expect(contexts.current()).toBeUndefined()
    expect(contexts.list()).toEqual([lab])
  })

  it('say which are known when a name is not', async () => {
    const contexts = store()
    await contexts.save(prod)
    for (const call of [
      () => contexts.get('prd'),
      () => contexts.use('prd'),
      () => contexts.remove('prd'),
      () => contexts.rename('prd', 'x'),
    ]) {
      const error = await failure(call)
      expect([error.code, error.message, error.hint]).toEqual([
        'context_not_found',
        'There is no context "prd"',
        'Known: prod.',
      ])
    }
    expect(contexts.list()).toEqual([prod])
  })

  it('refuse a rename onto another', async () => {
    const contexts = store()
    await contexts.save(prod)
    await contexts.save(lab)
    expect(await failureCode(() => contexts.rename('lab', 'prod'))).toBe('context_exists')
    expect(contexts.list()).toEqual([lab, prod])
  })

  it.each(['', '-x', '__proto__', 'a b', 'a/b', '../x', 'ü', 'x'.repeat(64)])('refuse the name %j', async name => {
    const contexts = store()
    expect(await failureCode(() => contexts.save({...prod, name}))).toBe('usage')
    expect(contexts.list()).toEqual([])
  })

  it.each(['constructor', 'toString', 'hasOwnProperty'])('treat %s as a name like any other', async name => {
    const contexts = store()
    expect(await failureCode(() => contexts.get(name))).toBe('context_not_found')
    await contexts.save({...prod, name})
    expect(contexts.list().map(context => context.name)).toEqual([name])
  })

  it.each([
    ['https://biomaj.example.org', 'biomaj.example.org'],
    ['http://localhost:5000/x', 'localhost-5000'],
    ['http://[::1]:5000', '1-5000'],
  ])('suggest a name for %s: %s', (url, name) => {
    expect(suggestContextName(new URL(url))).toBe(name)
  })
})

describe.skipIf(process.platform === 'win32')('the file of contexts', () => {
  it('is 0600 in a directory of 0700, whatever the umask', async () => {
    const before = process.umask(0)
    onTestFinished(() => void process.umask(before))
    const contexts = store()
    await contexts.save(prod)
    expect([mode(contexts.file), mode(path.dirname(contexts.file))]).toEqual(['600', '700'])
    await contexts.save(lab)
    expect(mode(contexts.file)).toBe('600')
  })

  it('leaves nothing beside it', async () => {
    const contexts = store()
    await contexts.save(prod)
    await contexts.rename('prod', 'x')
    expect(fs.readdirSync(path.dirname(contexts.file))).toEqual(['contexts.json'])
  })

  it.each([0o640, 0o604, 0o620, 0o602, 0o666])('is refused with mode %o, and the way out is named', async fileMode => {
    const contexts = store()
    await contexts.save(prod)
    fs.chmodSync(contexts.file, fileMode)
    for (const call of [() => contexts.list(), () => contexts.save(lab)]) {
      const error = await failure(call)
      expect(error.code).toBe('config_invalid')
      expect(error.message).toContain(contexts.file)
      expect(error.hint).toBe(`Run \`chmod 600 ${contexts.file}\`.`)
    }
    fs.chmodSync(contexts.file, 0o600)
    expect(contexts.list()).toEqual([prod])
  })

  it('is refused when it is a symbolic link, and what it points at is left alone', async () => {
    const contexts = store()
    await contexts.save(prod)
    const elsewhere = path.join(temporaryDirectory(), 'elsewhere.json')
    fs.renameSync(contexts.file, elsewhere)
    fs.symlinkSync(elsewhere, contexts.file)
    const before = fs.readFileSync(elsewhere, 'utf8')
    for (const call of [() => contexts.list(), () => contexts.save(lab)]) {
      const error = await failure(call)
      expect([error.code, error.message]).toEqual(['config_invalid', `${contexts.file} is a symbolic link`])
    }
    expect(fs.readFileSync(elsewhere, 'utf8')).toBe(before)
    expect(fs.lstatSync(contexts.file).isSymbolicLink()).toBe(true)
  })

  it('is refused when it is a dangling link, so no write lands where it points', async () => {
    const contexts = storeWith('')
    const target = path.join(temporaryDirectory(), 'new')
    fs.rmSync(contexts.file)
    fs.symlinkSync(target, contexts.file)
    expect(await failureCode(() => contexts.save(prod))).toBe('config_invalid')
    expect(fs.existsSync(target)).toBe(false)
  })

  it('is refused when it is a directory', async () => {
    const contexts = storeWith('')
    fs.rmSync(contexts.file)
    fs.mkdirSync(contexts.file, {mode: 0o700})
    expect(await failureCode(() => contexts.list())).toBe('config_invalid')
  })

  it('is not written into a directory that others can change', async () => {
    const contexts = storeWith('{"version":1,"contexts":{}}')
    fs.chmodSync(path.dirname(contexts.file), 0o777)
    const error = await failure(() => contexts.save(prod))
    expect([error.code, error.hint]).toEqual(['config_invalid', `Run \`chmod 700 ${path.dirname(contexts.file)}\`.`])
  })

  it('is an error of the configuration when there can be no such directory', async () => {
    const file = path.join(temporaryDirectory(), 'file')
    fs.writeFileSync(file, '')
    const contexts = new ContextStore(path.join(file, 'biomaj'))
    for (const call of [() => contexts.list(), () => contexts.save(prod)]) {
      const error = await failure(call)
      expect(error.code).toBe('config_invalid')
      expect(error.message).toMatch(/^Cannot (read|create) .*: ENOTDIR$/)
    }
  })

  it.skipIf(process.getuid?.() !== 0)('is refused when it belongs to another user', async () => {
    const contexts = storeWith('{"version":1,"contexts":{}}')
    fs.chownSync(contexts.file, 12_345, 12_345)
    const error = await failure(() => contexts.list())
    expect(error.message).toContain('belongs to another user (uid 12345)')
  })
})

describe('a file of contexts that is not sound', () => {
  it.each([
    ['no JSON', 'contexts: {', 'it is not JSON'],
    ['empty', '', 'it is not JSON'],
    ['cut short', '{"version":1,"contexts":{"prod":{"ur', 'it is not JSON'],
    ['an array', '[]', 'the file is not an object'],
    ['null', 'null', 'the file is not an object'],
    ['of a later version', '{"version":2,"contexts":{}}', '"version" is not 1'],
    ['without contexts', '{"version":1}', '"contexts" is not an object'],
    ['with a foreign field', '{"version":1,"contexts":{},"apikey":"x"}', 'unknown field "apikey"'],
    ['with a bad current', '{"version":1,"current":"x","contexts":{}}', '"current" names no context: "x"'],
    ['with a bad name', '{"version":1,"contexts":{"__proto__":{}}}', '"__proto__" is not a name'],
    ['without a URL', contextJson({}), '"url" of "a" is missing'],
    ['with a bad URL', contextJson({url: 'ftp://x', credentialStore: 'none'}), 'does not start with'],
    ['with a bad store', contextJson({url: 'http://x', credentialStore: 'paper'}), '"credentialStore" of "a"'],
    ['with a key but no user', contextJson({url: 'http://x', credentialStore: 'file'}), '"user" of "a" is missing'],
    ['with a mistyped field', contextJson({url: 'http://x', credentialStore: 'none', allowhttp: true}), '"allowhttp"'],
    ['with consent as a text', contextJson({url: 'http://x', credentialStore: 'none', allowHttp: 'no'}), '"allowHttp"'],
  ])('is refused and kept byte for byte: %s', async (_, text, why) => {
    const contexts = storeWith(text)
    for (const call of [() => contexts.list(), () => contexts.save(prod), () => contexts.remove('prod')]) {
      const error = await failure(call)
      expect(error.code).toBe('config_invalid')
      expect(error.message).toContain(contexts.file)
      expect(error.message).toContain(why)
      expect(error.hint).toContain(`mv ${contexts.file} ${contexts.file}.bad`)
    }
    expect(fs.readFileSync(contexts.file, 'utf8')).toBe(text)
    expect(fs.readdirSync(path.dirname(contexts.file))).toEqual(['contexts.json'])
  })

  it('is refused when it is too large to be ours', async () => {
    const contexts = storeWith(' '.repeat(1024 * 1024 + 1))
    expect((await failure(() => contexts.list())).message).toContain('larger than 1 MiB')
  })

  it('does not write its control characters to the terminal', async () => {
    const contexts = storeWith('{"version":1,"contexts":{"\\u001b]0;owned\\u0007":{}}}')
    const {message} = await failure(() => contexts.list())
    expect(message).toBe(sanitise(message))
  })
})

describe('several processes', () => {
  let writer: string
  let directory: string

  beforeAll(async () => {
    directory = fs.mkdtempSync('/tmp/biomaj-config-writer-')
    writer = await bundle('test/config/context-writer.ts', {directory})
    return () => fs.rmSync(directory, {recursive: true, force: true})
  })

  async function run(...args: string[]): Promise<number | null> {
    const child = spawn(process.execPath, [writer, ...args], {stdio: ['ignore', 'inherit', 'inherit']})
    await once(child, 'exit')
    return child.exitCode
  }

  it('lose none of 160 changes when 8 of them write at once', {timeout: 120_000}, async () => {
    const contexts = store()
    const config = path.dirname(contexts.file)
    const numbers = Array.from({length: 8}, (_, number) => String(number))
    expect(await Promise.all(numbers.map(number => run(config, `w${number}`, '20')))).toEqual(numbers.map(() => 0))
    const expected = numbers.flatMap(number => Array.from({length: 20}, (_, turn) => `w${number}-${turn}`))
    expect(contexts.list().map(({name}) => name)).toEqual(expected.toSorted())
    expect(fs.readdirSync(config)).toEqual(['contexts.json'])
  })

  it('never see half a file while others write', {timeout: 120_000}, async () => {
    const contexts = store()
    const config = path.dirname(contexts.file)
    const writing = {isOver: false}
    const writers = Promise.all([run(config, 'a', '20'), run(config, 'b', '20')]).finally(() => {
      writing.isOver = true
    })
    let seen = 0
    while (!writing.isOver) {
      const count = contexts.list().length
      expect(count).toBeGreaterThanOrEqual(seen)
      seen = count
      await new Promise(resolve => void setImmediate(resolve))
    }
    expect(await writers).toEqual([0, 0])
    expect(contexts.list()).toHaveLength(40)
  })

  it('go on after one of them died with the lock in its hand', {timeout: 60_000}, async () => {
    const contexts = store()
    await contexts.save(prod)
    const dead = spawn(process.execPath, ['-e', '0'])
    await once(dead, 'exit')
    const {hostname} = await import('node:os')
    const owner = {pid: dead.pid, host: hostname(), token: '00000000-0000-4000-8000-000000000000'}
    fs.writeFileSync(`${contexts.file}.lock`, JSON.stringify(owner))
    const config = path.dirname(contexts.file)
    expect(await Promise.all(['a', 'b', 'c', 'd'].map(prefix => run(config, prefix, '10')))).toEqual([0, 0, 0, 0])
    expect(contexts.list()).toHaveLength(41)
    expect(fs.readdirSync(path.dirname(contexts.file))).toEqual(['contexts.json'])
  })
})

function contextJson(context: Record<string, unknown>): string {
  return JSON.stringify({version: 1, contexts: {a: context}})
}
