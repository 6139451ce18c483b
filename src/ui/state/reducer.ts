import {
  currentScreen,
  freshList,
  initialState,
  listId,
  listOf,
  type ListState,
  type Modal,
  type Screen,
  type Toast,
  type UiState,
} from './ui-state.js'

export type UiEvent =
  | {type: 'open'; screen: Screen}
  | {type: 'back'}
  | {type: 'home'}
  /** Another cluster is shown: what was on the way of the one before is not there. */
  | {type: 'switched'}
  | {type: 'modal'; modal: Modal | undefined}
  | {type: 'select'; list: string; id: string | undefined; index: number}
  | {type: 'filter'; list: string; filter: string}
  | {type: 'filtering'; on: boolean}
  | {type: 'sort'; list: string; column: string}
  | {type: 'toast'; tone: Toast['tone']; text: string}
  | {type: 'toast-over'; id: number}

const mostToasts = 3

/** All state of the dashboard that is not the cluster's. Pure. */
export function reduce(state: UiState, event: UiEvent): UiState {
  switch (event.type) {
    case 'open':
      return {...state, stack: opened(state.stack, event.screen), isFiltering: false, modal: undefined}
    case 'back':
      return back(state)
    case 'home':
      return {...state, stack: initialState.stack, isFiltering: false, modal: undefined}
    case 'switched':
      return {...initialState, toasts: state.toasts, nextToast: state.nextToast}
    case 'modal':
      return {...state, modal: event.modal, isFiltering: false}
    case 'select':
      return withList(state, event.list, {selected: event.id, index: event.index})
    case 'filter':
      // The best match comes first, so the selection goes there.
      return withList(state, event.list, {filter: event.filter, selected: undefined, index: 0})
    case 'filtering':
      return {...state, isFiltering: event.on}
    case 'sort':
      return withList(state, event.list, {sort: nextSort(listOf(state, event.list), event.column)})
    case 'toast':
      return {
        ...state,
        // The same once more is not two things, but it is news again.
        toasts: [
          ...state.toasts.filter(({text}) => text !== event.text),
          {id: state.nextToast, tone: event.tone, text: event.text},
        ].slice(-mostToasts),
        nextToast: state.nextToast + 1,
      }
    case 'toast-over':
      return {...state, toasts: state.toasts.filter(({id}) => id !== event.id)}
  }
}

/** A view that is on the way already is gone back to: the breadcrumb has no circles. */
function opened(stack: readonly Screen[], screen: Screen): readonly Screen[] {
  const at = stack.findIndex(other => listId(other) === listId(screen))
  return at === -1 ? [...stack, screen] : stack.slice(0, at + 1)
}

/** What is closest goes first: a modal, the typing, the filter, then the screen. */
function back(state: UiState): UiState {
  if (state.modal) return {...state, modal: undefined}
  if (state.isFiltering) return {...state, isFiltering: false}
  const list = listId(currentScreen(state))
  if (listOf(state, list).filter !== '') return withList(state, list, {filter: '', index: 0})
  return state.stack.length > 1 ? {...state, stack: state.stack.slice(0, -1)} : state
}

function nextSort({sort}: ListState, column: string): ListState['sort'] {
  if (sort?.column !== column) return {column, descending: false}
  return sort.descending ? undefined : {column, descending: true}
}

function withList(state: UiState, id: string, changes: Partial<ListState>): UiState {
  return {...state, lists: {...state.lists, [id]: {...freshList, ...state.lists[id], ...changes}}}
}
