import type {BiomajClient} from '../../api/client.js'
import type {BankCheck} from '../../api/contract/check.js'

/**
 * Whether the cluster would take the properties of a bank, with the causes where it tells them. Changes nothing, but
 * BioMAJ lists a bank from then on that nobody had looked at.
 *
 * @throws {BiomajError} `bank_not_found`, `forbidden`, `login_required`, `key_invalid`
 */
export async function checkBank(
  cluster: BiomajClient,
  {bank}: {bank: string},
  {signal}: {signal: AbortSignal},
): Promise<BankCheck> {
  return cluster.banks.check(bank, {signal})
}
