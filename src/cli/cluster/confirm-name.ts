import {BiomajError} from '../../shared/errors.js'
import {Questions} from '../account/questions.js'
import type {Io} from '../io.js'
import type {Runtime} from '../runtime.js'

export interface NameToConfirm {
  name: string
  /** What it is the name of: `bank`, `cluster`. */
  of: string
  /** Value of `--confirm`. */
  given: string | undefined
  question: string
}

/**
 * Wants the name of what is about to be removed for good, from `--confirm` or from the person at the terminal.
 *
 * @throws {BiomajError} `usage` or `refused` when it is another one
 */
export async function confirmName(
  {name, of, given, question}: NameToConfirm,
  {runtime, io}: {runtime: Runtime; io: Io},
): Promise<void> {
  const answer = given ?? (await new Questions(runtime, io).ask(question, {flag: `--confirm ${name}`}))
  if (answer === name) return
  throw new BiomajError({
    code: given === undefined ? 'refused' : 'usage',
    message: 'Nothing was removed',
    hint: `"${answer}" is not the name of the ${of}, which is ${name}.`,
  })
}
