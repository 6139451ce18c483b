import {type ChildProcess, spawn} from 'node:child_process'
import {once} from 'node:events'
import path from 'node:path'
import {createInterface} from 'node:readline'
import {afterAll, beforeAll} from 'vitest'

export type Answer<Value> = {ok: true; value: Value} | {ok: false; error: string}
export type Ask = <Value>(request: Record<string, unknown>) => Promise<Answer<Value>>

/** Unmodified BioMAJ's downloaders, in one Python process for the suite. */
export function downloaderOracle(): Ask {
  let child: ChildProcess | undefined
  let lines: AsyncIterator<string> | undefined
  beforeAll(() => {
    const started = spawn('/usr/bin/python3', [path.join(import.meta.dirname, 'downloader_oracle.py')], {
      env: {
        PATH: '/usr/bin:/bin',
        LC_ALL: 'C.UTF-8',
        HOME: '/nonexistent',
        USER: 'biomaj',
        PYTHONDONTWRITEBYTECODE: '1',
      },
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    lines = createInterface({input: started.stdout})[Symbol.asyncIterator]()
    child = started
  })
  afterAll(async () => {
    if (!child || child.exitCode !== null) return
    const ended = once(child, 'exit')
    child.stdin?.end()
    await ended
  })
  return async <Value>(request: Record<string, unknown>) => {
    child?.stdin?.write(`${JSON.stringify(request)}\n`)
    const line = await lines?.next()
    if (line === undefined || line.done === true) throw new Error('Python has ended')
    return JSON.parse(line.value) as Answer<Value>
  }
}
