/** What a writer was told to be written. */
export type Acknowledged =
  | {bank: string; last: string}
  | {event: string}
  | {history: number}
  | {job: string; state: 'queued' | 'running' | 'done'}
