import type {Browser, Page} from 'playwright-core'
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, it} from 'vitest'
import type {HttpHandler} from '../../../src/cluster/services/service.js'
import type {ServiceName} from '../../../src/cluster/model/records.js'
import {startSite, type TestSite} from '../daemon/support/site.js'
import {bankOf} from '../scheduler/support.js'
import {launchChromium, withoutChromium} from './chromium.js'
import {Closing, gatewayOf} from './support.js'
import {plainUpdate} from '../../../src/cluster/queue/plain-update.js'

const hostileName = `x<img src=x onerror=document.title='hacked'>`
const hostileReason = `<script>document.title='hacked'</script>"'><svg onload=document.title='hacked'>\u202Egnp.exe`

describe.skipIf(withoutChromium !== null)(
  `the status page in Chromium${withoutChromium === null ? '' : `: ${withoutChromium}`}`,
  () => {
    const closing = new Closing()
    let browser: Browser
    let site: TestSite
    let page: Page
    let url: string
    /** What the page asked for beyond its own origin, and what it complained about. */
    let strays: string[]
    let complaints: string[]
    let isDaemonUp: boolean

    beforeAll(async () => {
      browser = await launchChromium()
    })
    afterAll(() => browser?.close())

    beforeEach(async () => {
      site = await startSite()
      closing.add(() => site.close())
      site.clock.ms = Date.now()
      isDaemonUp = true
      const daemon: HttpHandler = {
        fetch: async request => {
          if (!isDaemonUp) throw new Error('down')
          return await site.daemon.fetch(request)
        },
      }
      ;({url} = await closing.serve(
        gatewayOf({upstreams: {daemon}, settings: {host: '127.0.0.1', name: 'Lab & <b>Co</b>'}}),
      ))
      page = await browser.newPage()
      closing.add(() => page.close())
      strays = []
      complaints = []
      page.on('request', request => {
        if (!request.url().startsWith(`${url}/`)) strays.push(request.url())
      })
      page.on('console', message => {
        if (message.text().includes('Content Security Policy')) complaints.push(message.text())
      })
      page.on('pageerror', error => complaints.push(error.message))
    })
    afterEach(() => closing.closeAll())

    async function service(name: ServiceName, number: number, isUp = true): Promise<void> {
      await site.store.services.renew({
        id: `${name}-${number}`,
        service: name,
        host: 'lab1',
        pid: number,
        startedAtMs: site.clock.ms - 7_200_000,
        leaseUntilMs: site.clock.ms + (isUp ? 3_600_000 : -60_000),
        work: null,
      })
    }

    async function addUpdate(bank: string) {
      return await site.queue.add({kind: 'update', bank, payload: plainUpdate(bank), user: 'jane', correlationId: 'c'})
    }

    async function failed(bank: string, reason: string): Promise<void> {
      const session = site.clock.ms / 1000 - 3600
      await site.store.banks.insert(bankOf(bank, {lastUpdate: {session, ok: false, release: null}}))
      await site.store.history.add({
        bank,
        action: 'update',
        startMs: site.clock.ms - 3_700_000,
        endMs: site.clock.ms - 3_600_000,
        updated: false,
        error: true,
        cancelled: false,
        reason,
        job: null,
      })
    }

    /** An update that runs, as its worker tells it. */
    async function running(
      bank: string,
      progress: {filesDone: number; filesTotal: number; bytesDone: number; bytesTotal: number},
    ) {
      await site.store.banks.insert(
        bankOf(bank, {
          status: {
            session: 1,
            action: 'update',
            logFile: '',
            running: 'download',
            steps: [],
            processes: [],
            progress,
            reason: null,
          },
        }),
      )
      await addUpdate(bank)
      const job = await site.queue.take({kinds: ['update'], worker: 'w', leaseMs: 3_600_000})
      const id = job?.id ?? ''
      await site.queue.renew({id, worker: 'w', leaseMs: 3_600_000, progress})
      return {
        progress: (next: typeof progress) => site.queue.renew({id, worker: 'w', leaseMs: 3_600_000, progress: next}),
        done: () => site.queue.finish({id, worker: 'w', state: 'done'}),
      }
    }

    const text = async (selector: string) => (await page.locator(selector).innerText()).replaceAll('\u00A0', ' ')

    it('shows services, queue, running updates with progress, failed banks and how old that is', async () => {
      for (const name of ['gateway', 'daemon', 'user', 'scheduler', 'update'] as const) await service(name, 1)
      for (const number of [1, 2, 3]) await service('download', number, number !== 2)
      await running('pfam', {filesDone: 3, filesTotal: 12, bytesDone: 3 * 1024 ** 3, bytesTotal: 12 * 1024 ** 3})
      await site.store.banks.insert(bankOf('alu'))
      await addUpdate('alu')
      await failed('silva', 'the server ftp.arb-silva.de does not answer')
      await page.goto(`${url}/`)
      expect(page.url()).toBe(`${url}/status`)
      await expect.poll(() => text('#link-state')).toBe('Live')
      expect(await page.title()).toBe('Lab & <b>Co</b> · BioMAJ')
      expect(await text('h1 bdi')).toBe('Lab & <b>Co</b>')
      expect(await text('#running-count')).toBe('1')
      expect(await text('#queue-depth')).toBe('1')
      expect(await text('#running')).toMatch(
        /pfam\s+update began just now\s+step download · 3 of 12 files · 3\.0 GiB of 12\.0 GiB/,
      )
      expect(await page.locator('#running progress').getAttribute('value')).toBe(String(3 * 1024 ** 3))
      expect(await text('#failed')).toMatch(/silva\s+60 min ago\s+the server ftp\.arb-silva\.de does not answer/)
      expect(await text('#services')).toMatch(/Download workers\s+partly up, 2 of 3 · lab1/)
      expect(await text('#services')).toMatch(/Process workers\s+down/)
      expect(await text('#link-age')).toMatch(/^updated (just now|\d+ s ago)$/)
      expect([strays, complaints]).toEqual([[], []])
    })

    it('follows what happens without being loaded again', async () => {
      await page.goto(`${url}/status`)
      await expect.poll(() => text('#link-state')).toBe('Live')
      expect(await text('#idle')).toBe('Nothing is running.')
      const update = await running('pfam', {filesDone: 1, filesTotal: 4, bytesDone: 10, bytesTotal: 100})
      await expect.poll(() => text('#running'), {timeout: 10_000}).toContain('1 of 4 files')
      await update.progress({filesDone: 2, filesTotal: 4, bytesDone: 50, bytesTotal: 100})
      await expect.poll(() => text('#running'), {timeout: 10_000}).toContain('2 of 4 files')
      await update.done()
      await expect.poll(() => text('#running-count'), {timeout: 10_000}).toBe('0')
      expect(await page.locator('#idle').isVisible()).toBe(true)
    })

    it('keeps what it knew while the cluster does not answer, says so, and recovers', async () => {
      await failed('silva', 'no answer')
      await page.goto(`${url}/status`)
      await expect.poll(() => text('#link-state')).toBe('Live')
      isDaemonUp = false
      await expect.poll(() => text('#link-state'), {timeout: 10_000}).toBe('No answer')
      expect(await text('#link-age')).toMatch(/^shown is what was known /)
      expect(await text('#failed')).toContain('silva')
      isDaemonUp = true
      await expect.poll(() => text('#link-state'), {timeout: 20_000}).toBe('Live')
    })

    it('asks ever more seldom while nothing answers', async () => {
      isDaemonUp = false
      const asked: number[] = []
      page.on('request', request => {
        if (request.url().endsWith('/whatsup')) asked.push(Date.now())
      })
      await page.clock.install()
      await page.goto(`${url}/status`)
      await expect.poll(() => asked.length).toBe(1)
      // In an hour of the page's own time: about 30 s apart at most, and far from every 2 s.
      for (let minute = 0; minute < 60; minute++) {
        await page.clock.fastForward(60_000)
        await page.waitForFunction(() => true)
      }
      expect(asked.length).toBeGreaterThan(3)
      expect(asked.length).toBeLessThan(200)
    })

    it('takes no name and no reason for markup', async () => {
      await failed(hostileName, hostileReason)
      await running(`${hostileName}2`, {filesDone: 1, filesTotal: 2, bytesDone: 1, bytesTotal: 2})
      await service('update', 1)
      await site.store.services.renew({
        id: 'hostile',
        service: 'update',
        host: '<img src=x onerror=document.title="hacked">',
        pid: 1,
        startedAtMs: 0,
        leaseUntilMs: site.clock.ms + 3_600_000,
        work: null,
      })
      await page.goto(`${url}/status`)
      await expect.poll(() => text('#failed'), {timeout: 10_000}).toContain(hostileName)
      await expect.poll(() => text('#running'), {timeout: 10_000}).toContain(hostileName)
      expect(await text('#failed')).toContain(`<script>document.title='hacked'</script>`)
      expect(await text('#failed')).not.toContain('\u202E')
      expect(await page.title()).toBe('Lab & <b>Co</b> · BioMAJ')
      expect(await page.locator('main img, main svg, main script').count()).toBe(0)
      expect([strays, complaints]).toEqual([[], []])
    })

    it('would not run a script that got into it all the same', async () => {
      await page.goto(`${url}/status`)
      await page.evaluate(() => {
        const {document} = globalThis as unknown as {
          document: {body: {insertAdjacentHTML(where: string, html: string): void}}
        }
        document.body.insertAdjacentHTML('beforeend', `<img src="/nothing" onerror="document.title='hacked'">`)
      })
      await expect.poll(() => complaints.length).toBeGreaterThan(0)
      expect(await page.title()).not.toBe('hacked')
    })

    it('shows nothing of private banks', async () => {
      await site.store.banks.insert(
        bankOf('secret', {visibility: 'private', lastUpdate: {session: 1, ok: false, release: null}}),
      )
      await addUpdate('secret')
      await site.queue.take({kinds: ['update'], worker: 'w', leaseMs: 3_600_000})
      await failed('silva', 'no answer')
      await page.goto(`${url}/status`)
      await expect.poll(() => text('#failed'), {timeout: 10_000}).toContain('silva')
      expect(await page.content()).not.toContain('secret')
    })

    it('can be read by who does not see it: headings, names, states in words', async () => {
      await service('daemon', 1)
      await running('pfam', {filesDone: 1, filesTotal: 2, bytesDone: 1, bytesTotal: 2})
      await page.goto(`${url}/status`)
      await expect.poll(() => text('#link-state')).toBe('Live')
      expect(await page.getByRole('heading', {level: 1}).count()).toBe(1)
      expect(await page.getByRole('region', {name: 'Services'}).count()).toBe(1)
      expect(await page.getByRole('progressbar', {name: 'Download of pfam'}).count()).toBe(1)
      expect(await page.locator('html').getAttribute('lang')).toBe('en')
      expect(await page.locator('#link-state').getAttribute('role')).toBe('status')
    })

    it.each(['light', 'dark'] as const)('fits a phone and has enough contrast (%s)', async colorScheme => {
      await failed('a_bank_with_a_very_long_name_'.repeat(5), 'reason_without_any_space_'.repeat(8))
      await service('download', 1)
      await running('pfam', {filesDone: 1, filesTotal: 2, bytesDone: 1, bytesTotal: 2})
      await page.emulateMedia({colorScheme})
      await page.setViewportSize({width: 360, height: 740})
      await page.goto(`${url}/status`)
      await expect.poll(() => text('#link-state')).toBe('Live')
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360)
      const contrasts = await page.evaluate<Array<{text: string; contrast: number}>>(contrastsOfTexts)
      expect(contrasts.length).toBeGreaterThan(10)
      expect(contrasts.filter(({contrast}) => contrast < 4.5)).toEqual([])
      const screenshot = process.env['BIOMAJ_TEST_SCREENSHOTS']
      if (screenshot !== undefined) {
        await page.screenshot({path: `${screenshot}/status-${colorScheme}-360.png`, fullPage: true})
        await page.setViewportSize({width: 1200, height: 900})
        await page.screenshot({path: `${screenshot}/status-${colorScheme}-1200.png`, fullPage: true})
      }
    })
  },
)

/** Runs in the page: the contrast of each text with what is behind it, by WCAG's formula. */
const contrastsOfTexts = `(() => {
  const channels = color => color.match(/[\\d.]+/g).map(Number)
  const luminance = color => {
    const [r, g, b] = channels(color).slice(0, 3).map(value => {
      const part = value / 255
      return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
    })
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  const behind = element => {
    for (let at = element; at; at = at.parentElement) {
      const color = getComputedStyle(at).backgroundColor
      if ((channels(color)[3] ?? 1) > 0) return color
    }
    return 'rgb(255, 255, 255)'
  }
  const shown = []
  for (const element of document.querySelectorAll('body *')) {
    const text = [...element.childNodes].filter(node => node.nodeType === 3).map(node => node.data.trim()).join('')
    if (text === '' || !element.checkVisibility()) continue
    const [one, other] = [luminance(getComputedStyle(element).color), luminance(behind(element))]
    shown.push({text: text.slice(0, 40), contrast: (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05)})
  }
  return shown
})()`
