import {BiomajError} from '../../src/api/index.js'

/** The error of a call that must fail with one of ours. */
export async function failureOf(call: Promise<unknown>): Promise<BiomajError> {
  try {
    await call
  } catch (error) {
    if (error instanceof BiomajError) return error
    throw error
  }
  throw new Error('The call did not fail')
}

export async function linesOf(lines: AsyncIterable<string>): Promise<string[]> {
  const all: string[] = []
  for await (const line of lines) all.push(line)
  return all
}
