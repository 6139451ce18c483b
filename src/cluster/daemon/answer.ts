import {type Table, tabulate} from './tabulate.js'

/** What an action came to: a sentence (null when there is nothing to say) or an object, which also has a text. */
export interface Answer {
  json: unknown
  text: string | null
  /** Members that we add beside `msg`, such as `job`. */
  extra?: Readonly<Record<string, unknown>>
}

export function message(text: string | null, extra?: Readonly<Record<string, unknown>>): Answer {
  return {json: text, text, ...(extra === undefined ? {} : {extra})}
}

export function tableText(table: Table, style: Parameters<typeof tabulate>[1]): string {
  return tabulate(table, style)
}
