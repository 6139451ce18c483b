import {PassThrough} from 'node:stream'
import {expect, it} from 'vitest'
import {Io} from '../../src/cli/io.js'
import type {Runtime} from '../../src/cli/runtime.js'

const hostile = 'al\u001B]0;owned\u0007u\r\n✓ forged\u202E'

function ioWith(options: {quiet?: boolean}): {io: Io; stdout: () => string; stderr: () => string} {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const runtime = {env: {}, stdout, stderr} as unknown as Runtime
  const io = new Io(runtime, {json: false, quiet: false, debug: true, noColor: false, noInput: false, ...options})
  return {io, stdout: () => String(stdout.read() ?? ''), stderr: () => String(stderr.read() ?? '')}
}

it('makes every text for stderr one line that no terminal obeys', () => {
  const {io, stderr} = ioWith({})
  io.note(hostile)
  io.warn(hostile)
  io.failure(hostile, hostile)
  io.debug(hostile)
  expect(stderr()).toBe('alu ✓ forged\n! Warning: alu ✓ forged\n✗ alu ✓ forged\n  alu ✓ forged\ndebug: alu ✓ forged\n')
})

it('makes identifiers safe, one a line, however long', () => {
  const {io, stdout} = ioWith({quiet: true})
  const long = 'x'.repeat(10_000)
  io.show({human: () => 'not shown', ids: () => [hostile, long]})
  expect(stdout()).toBe(`alu ✓ forged\n${long}\n`)
})
