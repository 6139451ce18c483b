import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {type EmbeddedCluster, startEmbeddedCluster} from '../../support/embedded-cluster/index.js'
import {withStore} from '../../support/embedded-cluster/site.js'
import {bank} from '../../support/real-cluster/banks.js'
import {launchChromium, withoutChromium} from './chromium.js'

let cluster: EmbeddedCluster
let upstream: string

async function publishUpstream(release: string): Promise<void> {
  await writeFile(path.join(upstream, 'VERSION'), `release ${release}\n`)
  await writeFile(path.join(upstream, 'alu.n'), `>alu ${release}\nACGT\n`)
}

beforeEach(async () => {
  upstream = await mkdtemp(path.join(tmpdir(), 'biomaj-upstream-'))
  await mkdir(upstream, {recursive: true})
  await publishUpstream('1')
  cluster = await startEmbeddedCluster()
  await cluster.addBank(
    bank('alu', {
      source: {protocol: 'local', directory: upstream},
      release: {file: '^VERSION$', regexp: String.raw`release (\d+)`},
      publish: true,
    }),
    'jane',
  )
})
afterEach(async () => {
  await cluster.stop()
  await rm(upstream, {recursive: true})
})

const key = (name: string) => ({authorization: `APIKEY ${cluster.user(name).apiKey}`})
const published = async () => {
  const response = await fetch(`${cluster.url}/db/alu/current/flat/alu.n`)
  return response.ok ? await response.text() : String(response.status)
}

async function update(): Promise<void> {
  const init = {method: 'POST', body: '{}', headers: {...key('jane'), 'content-type': 'application/json'}}
  expect((await fetch(`${cluster.url}/api/daemon/bank/alu`, init)).status).toBe(200)
  await cluster.settle()
}

describe('a whole cluster behind its door', () => {
  it('serves what an update has published, and nothing before', async () => {
    expect(await published()).toBe('404')
    await update()
    expect(await published()).toBe('>alu 1\nACGT\n')
  })

  it('fetches a new release that its source has, without being asked', async () => {
    await update()
    await publishUpstream('2')
    await withStore(cluster.root, async store => {
      await expect.poll(async () => (await store.schedule.watches()).length, {timeout: 20_000}).toBe(1)
      const [watch] = await store.schedule.watches()
      if (watch) await store.schedule.putWatch({...watch, nextCheckAtMs: 1})
    })
    await expect.poll(published, {timeout: 30_000}).toBe('>alu 2\nACGT\n')
    // A release is published before its run is over.
    const runs = async () => {
      const {history} = (await (await fetch(`${cluster.url}/api/daemon/history`)).json()) as {history: string[][]}
      return history.map(([name, action, , , updated]) => [name, action, updated])
    }
    const updated = ['alu', 'update', 'True']
    await expect.poll(runs, {timeout: 20_000}).toEqual([updated, updated])
    const {schedule} = (await (await fetch(`${cluster.url}/api/release/schedule`)).json()) as {
      schedule: Array<{name: string; next: number}>
    }
    expect(schedule).toEqual([{name: 'alu', next: expect.any(Number)}])
    expect(schedule[0]?.next).toBeGreaterThan(Date.now() / 1000)
  })

  it('updates at the times that an administrator has set', async () => {
    const entry = {slices: '* * * * *', banks: ['alu'], user: 'jane'}
    const url = `${cluster.url}/api/release/cron/often`
    const put = async (name: string) =>
      await fetch(url, {method: 'PUT', body: JSON.stringify(entry), headers: key(name)})
    expect((await put('jane')).status).toBe(403)
    expect((await put('admin')).status).toBe(200)
    // As if the entry had been there for two minutes, and its times had been missed.
    await withStore(cluster.root, async store => {
      const [stored] = await store.schedule.entries()
      if (stored) await store.schedule.put({...stored, lastDueAtMs: Date.now() - 120_000})
    })
    await expect.poll(published, {timeout: 30_000}).toBe('>alu 1\nACGT\n')
  })

  it.skipIf(withoutChromium !== null)('shows itself at /status, all services up', async () => {
    const browser = await launchChromium()
    try {
      const page = await browser.newPage()
      await page.goto(cluster.url)
      await expect.poll(() => page.locator('#link-state').innerText()).toBe('Live')
      await update()
      await expect.poll(() => page.locator('#recent').innerText(), {timeout: 30_000}).toMatch(/alu\s+new release/)
      expect(await page.locator('#services .bad, #services .some').allInnerTexts()).toEqual([])
      expect(await page.locator('#services li').count()).toBe(9)
      const screenshots = process.env['BIOMAJ_TEST_SCREENSHOTS']
      if (screenshots !== undefined) await page.screenshot({path: `${screenshots}/whole.png`, fullPage: true})
    } finally {
      await browser.close()
    }
  })
})
