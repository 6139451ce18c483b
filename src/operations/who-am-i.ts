import type {BiomajClient} from '../api/client.js'
import type {KeyState} from '../api/contract/account.js'
import {BiomajError} from '../shared/errors.js'

/** Whether a key is good now; `not_checked` when nobody could tell, with the reason. */
export interface KeyCheck {
  state: KeyState | 'not_checked'
  error?: BiomajError
}

/** Loads the key and asks the cluster about it. A keychain or a cluster that does not answer is a result, not a failure. */
export async function checkKey(connect: () => Promise<BiomajClient>, signal: AbortSignal): Promise<KeyCheck> {
  try {
    const cluster = await connect()
    return {state: await cluster.account.keyState({signal})}
  } catch (error) {
    if (signal.aborted || !(error instanceof BiomajError)) throw error
    return {state: 'not_checked', error}
  }
}

export interface OwnedBanks {
  owned: string[]
  /** Banks whose owner the cluster did not tell. */
  unknown: Array<{bank: string; error: BiomajError}>
}

const atOnce = 6

/** The banks that the key's user owns, all of them for an administrator. One question for each bank, six at a time. */
export async function ownedBanks({banks}: BiomajClient, signal: AbortSignal): Promise<OwnedBanks> {
  const names = (await banks.list({signal})).map(({name}) => name)
  const answers = new Map<string, boolean | BiomajError>()
  const waiting = names.values()
  const worker = async () => {
    for (const name of waiting) {
      try {
        answers.set(name, await banks.owns(name, {signal}))
      } catch (error) {
        if (signal.aborted || !(error instanceof BiomajError)) throw error
        answers.set(name, error)
      }
    }
  }
  await Promise.all(Array.from({length: atOnce}, worker))
  return {
    owned: names.filter(name => answers.get(name) === true),
    unknown: names.flatMap(bank => {
      const error = answers.get(bank)
      return error instanceof BiomajError ? [{bank, error}] : []
    }),
  }
}
