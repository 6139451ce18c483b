import {readFile, stat} from 'node:fs/promises'
import path from 'node:path'
import {BiomajError} from '../../../shared/errors.js'
import type {ReleaseFile} from '../../model/bank.js'
import {told} from '../told.js'
import {calendarDate, nameProblem} from './entry.js'
import {hasKeys} from './json.js'
import {isMissing} from './part-file.js'

const mostBytes = 256 * 1024 * 1024

/**
 * The files that a JSON list names: `[{"name": …, "save_as": …, "size": …, "year": …, "month": …, "day": …, "hash": …,
 * "root": …}]`, of which only the name is needed. Empty when there is no such file.
 *
 * @throws {BiomajError} `config_invalid`
 */
export async function readRemoteList(list: string, directory: string): Promise<ReleaseFile[]> {
  let text: string
  try {
    const {size} = await stat(list)
    if (size > mostBytes) throw invalid(list, `it is larger than ${mostBytes} bytes`)
    text = await readFile(list, 'utf8')
  } catch (error) {
    if (isMissing(error)) return []
    throw error
  }
  const entries = parsed(list, text)
  return entries.map((entry, index) => {
    const {name, save_as: saveAs, size, hash, root, year, month, day} = hasKeys(entry) ? entry : {}
    if (typeof name !== 'string' || name === '') throw invalid(list, `entry ${index + 1} has no name`)
    const remote = remoteName(name, typeof root === 'string' ? root : '', directory)
    const problem = remote.split('/').map(part => (part === '' || part === '..' ? undefined : nameProblem(part)))
    const found = problem.find(one => one !== undefined)
    if (found) throw invalid(list, told`"${name}": ${found}`)
    return {
      name: remote,
      saveAs: typeof saveAs === 'string' && saveAs !== '' ? saveAs : name,
      size: typeof size === 'number' && Number.isSafeInteger(size) && size > 0 ? size : null,
      date: calendarDate(Number(year), Number(month), Number(day)),
      hash: typeof hash === 'string' ? hash : null,
    }
  })
}

function parsed(list: string, text: string): unknown[] {
  try {
    const value: unknown = JSON.parse(text)
    if (Array.isArray(value)) return value
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw invalid(list, told`it is no JSON: ${error.message}`)
  }
  throw invalid(list, 'it is no JSON array')
}

/** A root of its own is told by the way from the source's folder. */
function remoteName(name: string, root: string, directory: string): string {
  if (root === '' || directory === '') return name
  const way = path.posix.relative(directory, root)
  return way === '' ? name : `${way}/${name.replace(/^\//, '')}`
}

function invalid(list: string, why: string): BiomajError {
  return new BiomajError({
    code: 'config_invalid',
    message: told`The list ${list} cannot be used: ${why}`,
    hint: 'Write a JSON array of {"name": "path/of/file"}.',
  })
}
