import type {RequestOptions} from '../../api/transport.js'

/** What a log gained since the last poll. */
export interface LogNews {
  lines: string[]
  /** More was written than can be asked for at once: lines are missing before these. */
  gap: boolean
  /** The lines are those of another run than the ones before. */
  newLog: boolean
}

/** The growing log of a bank. */
export interface LogSource {
  /**
   * The first look: the last lines of what is there.
   *
   * @param options `lines`: how many; 0 for the whole log
   */
  begin(options: RequestOptions & {lines: number}): Promise<string[]>
  poll(options: RequestOptions): Promise<LogNews>
}
