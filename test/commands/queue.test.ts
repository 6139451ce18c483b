import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import Queue from '../../src/commands/queue.js'
import {aBank, type ScriptedCluster, startScriptedCluster} from '../support/scripted-cluster/index.js'
import {runAgainst} from './against.js'

const requestedAt = Date.UTC(2026, 0, 15, 11) / 1000
const request = (action: 'update' | 'remove' | 'repair', bank: string, seconds: number) => ({
  action,
  bank,
  user: 'jane',
  release: action === 'remove' ? '3' : null,
  options: {},
  requestedAt: requestedAt + seconds,
})

let cluster: ScriptedCluster

beforeEach(async () => {
  cluster = await startScriptedCluster({
    banks: [aBank('alu'), aBank('pfam'), aBank('silva')],
    queue: [request('update', 'alu', 0), request('update', 'pfam', 0), request('update', 'silva', 0)],
    daemons: [{id: 'daemon-1', says: undefined, alive: true}],
  })
})

afterEach(async () => cluster.stop())

describe('biomaj queue', () => {
  it('says that nothing waits, and that no daemon was seen', async () => {
    cluster.state.queue = []
    expect((await runAgainst(cluster, Queue, [])).stdout).toMatchInlineSnapshot(`
      "Daemons      - none has worked yet: a daemon shows itself with its first run
      Queue        ✓ empty
      "
    `)
  })

  describe('with requests that wait', () => {
    beforeEach(() => {
      cluster.finish()
      cluster.state.queue.push(request('update', 'silva', 0))
      cluster.advance(3)
      cluster.state.queue.push(
        request('update', 'pfam', 10),
        request('update', 'alu', 20),
        request('remove', 'pfam', 30),
        request('repair', 'silva', 40),
      )
    })

    it('lists the next to run first', async () => {
      const {exitCode, stdout} = await runAgainst(cluster, Queue, [])
      expect(exitCode).toBe(0)
      expect(stdout).toMatchInlineSnapshot(`
        "Daemons      ▶ daemon-1  update silva, at depends
        Queue        … 4 requests waiting

        POSITION  BANK   ACTION    REQUESTED
               1  pfam   update    2026-01-15T11:00:10Z
               2  alu    update    2026-01-15T11:00:20Z
               3  pfam   remove 3  2026-01-15T11:00:30Z
               4  silva  -         -
        "
      `)
      expect((await runAgainst(cluster, Queue, ['--quiet'])).stdout).toBe('pfam\nalu\npfam\nsilva\n')
    })

    it('tells people how long they have waited', async () => {
      cluster.state.queue = [{...request('update', 'alu', 0), requestedAt: Math.floor(Date.now() / 1000) - 7210}]
      const {stdout} = await runAgainst(cluster, Queue, ['--no-color'], {tty: true})
      expect(stdout).toMatchInlineSnapshot(`
        "Daemons      ▶ daemon-1  update silva, at depends
        Queue        … 1 request waiting

        POSITION  BANK  ACTION  REQUESTED
               1  alu   update  2h ago
        "
      `)
    })

    it('gives it to a script', async () => {
      expect(JSON.parse((await runAgainst(cluster, Queue, ['--json'])).stdout)).toMatchInlineSnapshot(`
        {
          "daemons": [
            {
              "action": "update",
              "bank": "silva",
              "daemon": "daemon-1",
              "step": "depends",
            },
          ],
          "depth": 4,
          "waiting": [
            {
              "action": "update",
              "bank": "pfam",
              "position": 1,
              "release": null,
              "requestedAt": "2026-01-15T11:00:10Z",
            },
            {
              "action": "update",
              "bank": "alu",
              "position": 2,
              "release": null,
              "requestedAt": "2026-01-15T11:00:20Z",
            },
            {
              "action": "remove",
              "bank": "pfam",
              "position": 3,
              "release": "3",
              "requestedAt": "2026-01-15T11:00:30Z",
            },
            {
              "action": null,
              "bank": "silva",
              "position": 4,
              "release": null,
              "requestedAt": null,
            },
          ],
        }
      `)
    })
  })

  it('exits 7 when the cluster is gone', async () => {
    await cluster.stop()
    const {exitCode, stdout, stderr} = await runAgainst(cluster, Queue, [])
    expect({exitCode, stdout, stderr}).toMatchInlineSnapshot(`
      {
        "exitCode": 7,
        "stderr": "✗ Cannot reach http://cluster: connection refused
        If it is a cluster of your own, start it again with \`biomaj cluster start\`.
      ",
        "stdout": "",
      }
    `)
  })
})
