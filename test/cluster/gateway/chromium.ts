import {existsSync} from 'node:fs'
import {type Browser, chromium} from 'playwright-core'

const places = [
  process.env['BIOMAJ_TEST_CHROMIUM'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

const executable = places.find(place => place !== undefined && existsSync(place))
const required = process.env['BIOMAJ_TEST_REQUIRE_REAL'] === '1'

/** Why tests in a browser are skipped; null when they run. Where real things are required, its absence is a failure. */
export const withoutChromium: string | null =
  executable === undefined && !required ? 'there is no Chromium on this machine (BIOMAJ_TEST_CHROMIUM names one)' : null

export async function launchChromium(): Promise<Browser> {
  if (executable === undefined) throw new Error('Chromium is required and not on this machine')
  return await chromium.launch({executablePath: executable, args: ['--no-sandbox', '--disable-gpu']})
}
