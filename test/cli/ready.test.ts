import {PassThrough} from 'node:stream'
import {expect, it} from 'vitest'
import {type ReadyEvent, readyText} from '../../src/cli/cluster/ready.js'
import {Io} from '../../src/cli/io.js'
import type {Runtime} from '../../src/cli/runtime.js'

const ready: ReadyEvent = {
  event: 'ready',
  url: 'http://127.0.0.1:5480',
  pid: 7,
  port: 5480,
  name: 'biomaj',
  dataDirectory: '/srv/biomaj',
  memory: false,
  detached: false,
  logFile: '/srv/biomaj/cluster.log',
  user: 'ada',
  context: 'local',
}

function shown(event: ReadyEvent): string {
  const stdout = Object.assign(new PassThrough(), {isTTY: true, columns: 80})
  const runtime = {env: {NO_COLOR: '1'}, stdout, stderr: new PassThrough()} as unknown as Runtime
  const io = new Io(runtime, {json: false, quiet: false, debug: false, noColor: true, noInput: false})
  return readyText(io, event)
}

it('tells of the key that the context has, and what to try with it', () => {
  const text = shown(ready)
  expect(text).toContain('ada, administrator; key in your file of keys (mode 0600)')
  expect(text).toMatch(/Try: biomaj update --bank alu --wait$/)
})

it('sends nobody to another cluster when there is no context, and says how to get a key', () => {
  const text = shown({...ready, context: null})
  expect(text).not.toContain('file of keys')
  expect(text).toContain('biomaj cluster user renew ada')
  expect(text).toMatch(/Try: biomaj status --proxy http:\/\/127\.0\.0\.1:5480$/)
})
