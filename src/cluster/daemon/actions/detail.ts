import path from 'node:path'
import type {Bank, Production} from '../../model/bank.js'
import {type Answer, message, tableText} from '../answer.js'
import {text} from '../options.js'
import {releaseNotFound, usage} from '../refusal.js'
import {type Call, readableBank} from '../site.js'
import type {Cell} from '../tabulate.js'
import {pythonFloat, serverTime} from '../times.js'

/** The bank that the options name. */
export function bankOption({options}: Call): string {
  const name = text(options, 'bank')
  if (name === null) throw usage('Bank name is missing')
  return name
}

export function findProduction({production}: Bank, release: string): Production | undefined {
  return production.find(each => each.release === release || each.productionDirectory === release)
}

/** Releases of a bank, in production and pending. */
export async function bankDetail(call: Call): Promise<Answer> {
  const {bank} = await readableBank(call, bankOption(call))
  const last = bank.lastUpdate?.session ?? bank.lastUpdateSession
  const published = bank.production.find(({session}) => session === bank.current)?.release ?? 'N/A'
  const info = {
    headers: ['Name', 'Type(s)', 'Last update status', 'Published release'],
    details: [[bank.name, bank.types.join(','), last === null ? 'N/A' : serverTime(last), published]],
  }
  const productionHeaders = ['Session', 'Remote release', 'Release', 'Directory', 'Freeze', 'Format(s)', 'Log file']
  const details = bank.production.map(each => [
    serverTime(each.session),
    each.remoteRelease,
    each.release,
    path.join(each.dataDir, each.dirVersion, each.productionDirectory),
    each.frozen ? 'yes' : 'no',
    each.formats.join(','),
    each.logFile,
  ])
  const pendingHeaders = ['Pending release', 'Last run']
  const pending = bank.pending.map(({release, session}) => [release, serverTime(session)])
  return {
    json: {
      bank: {
        info,
        production: {headers: details.length > 0 ? productionHeaders : [], details},
        pending: pending.length > 0 ? [pendingHeaders, ...pending] : [],
      },
    },
    get text() {
      const tables = [
        {headers: info.headers, rows: info.details},
        {headers: productionHeaders, rows: details},
        ...(pending.length > 0 ? [{headers: pendingHeaders, rows: pending}] : []),
      ]
      return tables.map(table => `${tableText(table, 'psql')}\n`).join('')
    },
  }
}

/** Files of the releases in production, by what processes said of them. */
export async function show(call: Call): Promise<Answer> {
  const {bank} = await readableBank(call, bankOption(call))
  const release = text(call.options, 'release')
  const wanted = release === null ? bank.production : [findProduction(bank, release)].filter(each => each !== undefined)
  if (release !== null && wanted.length === 0) throw releaseNotFound(bank.name, release)
  const headers = ['Name', 'Release', 'Format(s)', 'Type(s)', 'Tag(s)', 'File(s)']
  const rows = wanted.map(each => {
    const produced = bank.sessions.find(({id}) => id === each.session)?.produced ?? []
    return {
      release: each.session === bank.current ? `${each.release} (current)` : each.release,
      format: produced.at(-1)?.format ?? null,
      types: produced.map(({types}) => types),
      tags: produced.flatMap(({tags}) => Object.values(tags)),
      files: produced.flatMap(({files}) => files),
    }
  })
  return {
    json: {headers, details: rows.map(row => [bank.name, row.release, row.format, row.types, row.tags, row.files])},
    get text() {
      const cells = rows.map((row): Cell[] => [
        bank.name,
        row.release,
        row.format,
        row.types.map(types => types.join(',')).join(','),
        row.tags.join(','),
        row.files.join(','),
      ])
      return tableText({headers, rows: cells}, 'grid')
    },
  }
}

/** Whether BioMAJ would take the bank's properties; the causes are told beside it. */
export async function check(call: Call): Promise<Answer> {
  const name = bankOption(call)
  await readableBank(call, name)
  const checked = await call.site.files.check(name)
  const findings = (checked?.findings ?? []).map(({severity, rule, key, line, message: cause, hint}) => ({
    severity,
    rule,
    key,
    line,
    message: cause,
    hint,
  }))
  return message(`${name} check: ${checked?.valid === true ? 'True' : 'False'}\n`, {findings})
}

/** How a session is named on the wire. */
export const sessionName = pythonFloat
