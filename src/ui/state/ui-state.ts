import type {CommandId} from '../keys/actions.js'

/** One place in the dashboard; the stack of them is the breadcrumb. */
export type Screen =
  | {view: 'overview' | 'banks' | 'queue' | 'history' | 'services' | 'schedule'}
  | {view: 'bank' | 'log'; bank: string}

export interface Sort {
  /** Title of a column. */
  column: string
  descending: boolean
}

/** What a list on screen remembers, also while another screen is shown. */
export interface ListState {
  /** Identity of the selected row: it stays selected wherever a refresh moves it. */
  selected: string | undefined
  /** Place of the selected row when it was last seen, so that the selection stays near when the row is gone. */
  index: number
  filter: string
  sort: Sort | undefined
}

export const freshList: ListState = {selected: undefined, index: 0, filter: '', sort: undefined}

export interface Toast {
  id: number
  tone: 'good' | 'bad' | 'worry'
  text: string
}

/** What lies over the screen and takes all keys; its own state lives in its component. */
export type Modal =
  | {kind: 'help'}
  | {kind: 'palette'}
  | {kind: 'contexts'}
  | {kind: 'command'; command: CommandId; bank: string | undefined; release: string | undefined}

export interface UiState {
  /** Never empty; the last one is shown. */
  stack: readonly Screen[]
  modal: Modal | undefined
  /** Whether what is typed goes to the filter of the list. */
  isFiltering: boolean
  lists: Readonly<Record<string, ListState>>
  toasts: readonly Toast[]
  nextToast: number
}

export const initialState: UiState = {
  stack: [{view: 'overview'}],
  modal: undefined,
  isFiltering: false,
  lists: {},
  toasts: [],
  nextToast: 1,
}

export function currentScreen({stack}: UiState): Screen {
  return stack.at(-1) ?? {view: 'overview'}
}

/** Lists of the same view share their state, but for those about a bank. */
export function listId(screen: Screen): string {
  return 'bank' in screen ? `${screen.view} ${screen.bank}` : screen.view
}

export function listOf({lists}: UiState, id: string): ListState {
  return lists[id] ?? freshList
}
