/** What the client asks the keychain's child process: one JSON document on its standard input. */
export interface KeychainRequest {
  operation: 'get' | 'set' | 'delete'
  /** `any` outside Linux, where there is one store. Never left to the library's choice: it falls back in silence. */
  store: 'secret-service' | 'keyutils' | 'any'
  service: string
  account: string
  secret?: string
}

/** What the child answers: one JSON document on its standard output. */
export type KeychainAnswer =
  | {outcome: 'done'; secret?: string; deleted?: boolean}
  /** `module`: the native module does not load. `platform`: the system's store refused; `message` is its words. */
  | {outcome: 'failed'; problem: 'module' | 'platform'; message: string}
