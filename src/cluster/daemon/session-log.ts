import type {FileHandle} from 'node:fs/promises'
import {basename, dirname} from 'node:path'
import type * as z from 'zod/mini'
import type {sessionLog} from '../../api/contract/additions.js'
import type {Bank} from '../model/bank.js'
import {openOrNothing} from './bank-log.js'
import {Refusal, usage} from './refusal.js'
import {type Call, readableBank} from './site.js'
import {pythonFloat} from './times.js'

const defaultBytes = 65_536
const mostBytes = 1024 * 1024
/** One character: less would never come to its end. */
const fewestBytes = 4

export type SessionLog = z.infer<typeof sessionLog>

/**
 * Bytes of a session's log from an offset on, cut after the last whole line while the run goes on. Which file it is says
 * the store alone.
 */
export async function readSessionLog(
  call: Call,
  {bank: name, session, offset, limit}: {bank: string; session: string; offset: string; limit: string},
): Promise<SessionLog> {
  const from = byteCount('offset', offset, 0)
  const most = Math.min(Math.max(byteCount('limit', limit, defaultBytes), fewestBytes), mostBytes)
  const {bank} = await readableBank(call, name)
  const log = logOf(bank, session)
  if (!log) {
    throw new Refusal({code: 'refused', message: 'There is no log of this session', status: 404})
  }
  const file = await openOrNothing(log.file)
  if (!file) throw new Refusal({code: 'refused', message: 'The log of this session is gone', status: 404})
  try {
    // The folder is the start of the run.
    const run = basename(dirname(log.file))
    // A run holds its lock until it has written its last line.
    const over = log.over && (await call.site.store.locks.get(name)) === undefined
    return {session: pythonFloat(log.session), log: run, ...(await piece(file, {from, most, over}))}
  } finally {
    await file.close()
  }
}

async function piece(
  file: FileHandle,
  {from, most, over}: {from: number; most: number; over: boolean},
): Promise<Omit<SessionLog, 'session' | 'log'>> {
  const {size} = await file.stat()
  const length = Math.max(0, Math.min(most, size - from))
  const {bytesRead, buffer} = await file.read(Buffer.alloc(length), 0, length, from)
  const bytes = buffer.subarray(0, bytesRead)
  const atEnd = from + bytesRead >= size
  const end = over && atEnd ? bytesRead : cutAt(bytes, bytesRead < most)
  return {
    offset: from,
    nextOffset: from + end,
    sizeBytes: size,
    text: bytes.subarray(0, end).toString('utf8'),
    complete: over && from + end >= size,
  }
}

/** After the last line end; else, in a line longer than the piece, before a character that is cut. */
function cutAt(bytes: Uint8Array, mayGrow: boolean): number {
  const line = bytes.lastIndexOf(0x0a) + 1
  if (line > 0 || mayGrow) return line
  let end = bytes.length
  while (end > 0 && end > bytes.length - 4 && ((bytes[end] ?? 0x80) & 0xc0) === 0x80) end--
  const lead = bytes[end] ?? 0
  const needs = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1
  return end + needs <= bytes.length || end === 0 ? bytes.length : end
}

function logOf(bank: Bank, wanted: string): {session: number; file: string; over: boolean} | undefined {
  const {status} = bank
  if (status && (wanted === 'last' || sameSession(wanted, status.session))) {
    return {session: status.session, file: status.logFile, over: status.running === null}
  }
  const session = bank.sessions.find(({id}) => sameSession(wanted, id))
  return session?.logFile ? {session: session.id, file: session.logFile, over: true} : undefined
}

function sameSession(wanted: string, id: number): boolean {
  return wanted === pythonFloat(id) || wanted === String(id)
}

function byteCount(name: string, text: string, whenUnset: number): number {
  if (text === '') return whenUnset
  if (!/^\d{1,15}$/.test(text)) throw usage(`${name} must be a whole number of bytes`)
  return Number(text)
}
