import type {BiomajClient} from '../api/client.js'
import {BiomajError} from '../shared/errors.js'
import {nearestOf} from '../shared/nearest.js'
import {readPart, valueOf} from './board/part.js'

/** A `bank_not_found` with the name that was probably meant, if a bank of the list has one that is near. */
export function withNearestBank(error: BiomajError, bank: string, names: readonly string[]): BiomajError {
  const nearest = error.code === 'bank_not_found' ? nearestOf(bank, names) : undefined
  if (nearest === undefined) return error
  const {code, message, details} = error
  return new BiomajError({code, message, hint: `Did you mean ${nearest}?`, details, cause: error})
}

/** As `withNearestBank`, with the list of the cluster, which is only asked for after such an error. */
export async function suggestBank(
  cluster: Pick<BiomajClient, 'banks'>,
  {bank, error}: {bank: string; error: BiomajError},
  {signal}: {signal: AbortSignal},
): Promise<BiomajError> {
  if (error.code !== 'bank_not_found') return error
  const list = await readPart(cluster.banks.list({signal}), signal)
  return withNearestBank(
    error,
    bank,
    (valueOf(list) ?? []).map(({name}) => name),
  )
}
