/** Somebody who may do things. */
export interface Account {
  id: string
  email: string
  admin: boolean
}

/** What the daemon wants from the user service, wherever that runs. */
export interface Accounts {
  /** Whose key this is, or undefined for a key that nobody has. Rejects when the user service cannot say. */
  byKey(key: string): Promise<Account | undefined>
  /** The account and a key that works, or undefined when user and password do not fit. */
  login(credentials: {user: string; password: string}): Promise<{account: Account; apiKey: string} | undefined>
}
