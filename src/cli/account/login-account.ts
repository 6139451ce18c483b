import type {BiomajClient} from '../../api/client.js'
import type {Account} from '../../api/contract/account.js'
import type {Context} from '../../config/contexts.js'
import {BiomajError} from '../../shared/errors.js'
import {sanitise} from '../../shared/sanitise.js'
import {Secret} from '../../shared/secret.js'
import type {Runtime} from '../runtime.js'
import type {Login} from './login-checks.js'
import {requireKeyForm, secretFromStdin} from './secret-input.js'

const attempts = 3

export interface Identity {
  user?: string | undefined
  /** Where the password comes from. */
  passwordStdin: boolean
}

/** Exchanges user and password for the account. At a terminal, a wrong password is asked for again. */
export async function accountByPassword(
  cluster: BiomajClient,
  {user: given, passwordStdin}: Identity,
  {known, questions, io, runtime}: Login & {known: Context | undefined},
): Promise<Account> {
  const piped = passwordStdin ? await pipedSecret(given ?? known?.user, runtime, '--password-stdin') : undefined
  let suggested = known?.user
  for (let attempt = 1; ; attempt++) {
    const user = given ?? piped?.user ?? (await questions.ask('User', {flag: '--user NAME', otherwise: suggested}))
    const password =
      piped?.secret ??
      new Secret(
        await questions.ask('Password', {hidden: true, flag: '--password-stdin, or a key with --api-key-stdin'}),
      )
    try {
      const account = await cluster.account.aboutMe({user, password}, {signal: runtime.signal})
      requireKeyForm(account.apiKey, 'What the cluster sent')
      return {...account, user: sanitise(account.user).trim() || user, email: sanitise(account.email).trim()}
    } catch (error) {
      const wrong = error instanceof BiomajError && error.code === 'bad_credentials'
      if (!wrong || piped !== undefined || attempt >= attempts) throw error
      suggested = user
      io.failure(`Wrong user or password; ${attempt === attempts - 1 ? 'one more try' : 'try again'}.`)
    }
  }
}

/** The account of a key: BioMAJ has no way from a key to its user, so that has to be told. */
export async function accountByKey(
  cluster: (key: Secret) => BiomajClient,
  user: string | undefined,
  {known, runtime}: Pick<Login, 'runtime'> & {known: Context | undefined},
): Promise<Account> {
  const {user: name, secret} = await pipedSecret(user ?? known?.user, runtime, '--api-key-stdin')
  const apiKey = requireKeyForm(secret, 'Standard input')
  const state = await cluster(apiKey).account.keyState({signal: runtime.signal})
  if (state !== 'valid') {
    throw new BiomajError({
      code: 'key_invalid',
      message: 'The cluster does not know this API key',
      hint: 'It may have been renewed: log in with user and password to get the new one.',
    })
  }
  return {user: name, email: '', apiKey}
}

/** A script that pipes a secret has nobody to ask for the user; it is told before its secret is read. */
async function pipedSecret(
  user: string | undefined,
  runtime: Runtime,
  flag: string,
): Promise<{user: string; secret: Secret}> {
  if (user === undefined) {
    throw new BiomajError({
      code: 'input_required',
      message: `${flag} needs the user too`,
      hint: 'Give it with --user NAME.',
    })
  }
  return {user, secret: await secretFromStdin(runtime, flag)}
}
