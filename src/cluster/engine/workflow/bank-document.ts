import type {Bank, Pending, Production, Session, SessionId} from '../../model/bank.js'
import type {BankLayout} from '../layout.js'
import type {BankProperties} from '../properties/bank-properties.js'
import {emptyBank} from '../../model/empty-bank.js'

/** A bank that has never run. */
export function newBank(name: string, owner: string, properties: BankProperties): Bank {
  return emptyBank({
    name,
    owner,
    visibility: properties.get('visibility.default', 'public') === 'private' ? 'private' : 'public',
    description: properties.get('db.fullname') ?? null,
    types: listOf(properties.get('db.type', '')),
  })
}

/**
 * What the properties say of the bank, as each run refreshes it. A bank that is private stays so: it takes somebody who
 * makes it public, not a run.
 */
export function withProperties(bank: Bank, properties: BankProperties): Bank {
  const isPrivate = bank.visibility === 'private' || properties.get('visibility.default', 'public') === 'private'
  return {
    ...bank,
    visibility: isPrivate ? 'private' : 'public',
    description: properties.get('db.fullname') ?? null,
    types: listOf(properties.get('db.type', '')),
  }
}

export function listOf(value: string): string[] {
  return value
    .split(',')
    .map(item => item.trim())
    .filter(item => item !== '')
}

/** Replaces the session of the same id, or adds it. */
export function withSession(bank: Bank, session: Session): Bank {
  const known = bank.sessions.some(({id}) => id === session.id)
  const sessions = known
    ? bank.sessions.map(other => (other.id === session.id ? session : other))
    : [...bank.sessions, session]
  return {...bank, sessions}
}

export function withoutSessions(bank: Bank, ids: readonly SessionId[]): Bank {
  return {...bank, sessions: bank.sessions.filter(({id}) => !ids.includes(id))}
}

/** The release that a session made. */
export function productionEntry(
  session: Session,
  {layout, properties, logFile}: {layout: BankLayout; properties: BankProperties; logFile: string},
): Production {
  const {release, remoteRelease, productionDirectory, produced} = session
  if (release === null || remoteRelease === null || productionDirectory === null) {
    throw new Error('a release without a name cannot be in production')
  }
  return {
    session: session.id,
    release,
    remoteRelease,
    formats: unique([...produced.map(({format}) => format), ...listOf(properties.get('db.formats', ''))]),
    types: unique([...listOf(properties.get('db.type', '')), ...produced.flatMap(({types}) => types)]),
    tags: Object.fromEntries(produced.flatMap(({tags}) => Object.entries(tags))),
    sizeBytes: session.sizeBytes,
    dataDir: layout.dataDirectory,
    dirVersion: session.dirVersion,
    productionDirectory,
    logFile,
    frozen: false,
  }
}

export function unique(values: readonly string[]): string[] {
  return [...new Set(values.filter(value => value !== ''))]
}

/** Takes the release up as the newest one, in the place of whatever had its local name, and out of what is pending. */
export function withProduction(bank: Bank, production: Production): Bank {
  const earlier = bank.production.find(({session}) => session === production.session)
  const others = bank.production.filter(
    ({release, session}) => release !== production.release && session !== production.session,
  )
  // A release that is worked over keeps its place: it does not become newer than those made after it.
  const index = earlier ? bank.production.indexOf(earlier) : others.length
  const frozen = earlier?.frozen ?? production.frozen
  return {
    ...withoutPending(bank, production.session),
    production: [...others.slice(0, index), {...production, frozen}, ...others.slice(index)],
  }
}

/** What a session left unfinished. One that is in production already is not pending, whatever became of it since. */
export function withPending(bank: Bank, {id, release}: Session): Bank {
  if (release === null || bank.production.some(({session}) => session === id)) return bank
  const entry: Pending = {release, session: id}
  return {...bank, pending: [...bank.pending.filter(({session}) => session !== id), entry]}
}

export function withoutPending(bank: Bank, id: SessionId): Bank {
  return {...bank, pending: bank.pending.filter(({session}) => session !== id)}
}

/** The release of a name: its local name, the name of its folder, or, for a client that knows no better, its remote name. */
export function productionOf(bank: Bank, name: string): Production | undefined {
  return bank.production.findLast(({release, productionDirectory}) => release === name || productionDirectory === name)
}

/** The session that made an update last. Sessions are numbered by time. */
export function lastUpdateOf(bank: Bank): Session | undefined {
  return bank.sessions
    .filter(({action}) => action === 'update')
    .reduce<Session | undefined>((last, session) => (last && last.id > session.id ? last : session), undefined)
}
