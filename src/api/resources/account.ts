import {BiomajError} from '../../shared/errors.js'
import type {Secret} from '../../shared/secret.js'
import {type Account, type KeyState, parseAccount, parseShown} from '../contract/account.js'
import {rpc, throughQueue} from '../rpc.js'
import type {RequestOptions, Transport} from '../transport.js'

// No bank can have this name: BioMAJ keeps it for its maintenance lock.
const noBank = 'biomaj'

/** Who the caller is. */
export class AccountResource {
  readonly #transport: Transport

  constructor(transport: Transport) {
    this.#transport = transport
  }

  /**
   * RPC `aboutme`: exchanges user and password for the account and its API key.
   *
   * @throws {BiomajError} `bad_credentials`
   */
  async aboutMe({user, password}: {user: string; password: Secret}, options?: RequestOptions): Promise<Account> {
    const answer = await rpc(
      this.#transport,
      {...throughQueue, aboutme: true, userlogin: user, userpassword: password.reveal()},
      options,
    )
    return parseAccount(answer, 'POST /api/daemon {aboutme}')
  }

  /**
   * Whether the cluster knows the key. Asks to show a bank that cannot exist: 401 means that the key was not
   * recognised, any other answer of BioMAJ that it was. Reads only, creates nothing.
   */
  async keyState(options?: RequestOptions): Promise<KeyState> {
    if (!this.#transport.hasKey) return 'none'
    const route = `/api/daemon/bank/${noBank}/show`
    try {
      // Something else than BioMAJ may say 200 to everything.
      parseShown(await this.#transport.json('GET', route, {}, options), `GET ${route}`)
      return 'valid'
    } catch (error) {
      if (!(error instanceof BiomajError)) throw error
      if (error.code === 'key_invalid') return 'invalid'
      if (error.code === 'bank_not_found') return 'valid'
      throw error
    }
  }
}
