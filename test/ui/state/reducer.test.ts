import {describe, expect, it} from 'vitest'
import {reduce, type UiEvent} from '../../../src/ui/state/reducer.js'
import {currentScreen, initialState, listOf, type UiState} from '../../../src/ui/state/ui-state.js'

function after(...events: UiEvent[]): UiState {
  return events.reduce((state, event) => reduce(state, event), initialState)
}

const open = (view: 'banks' | 'queue'): UiEvent => ({type: 'open', screen: {view}})
const openBank = (bank: string): UiEvent => ({type: 'open', screen: {view: 'bank', bank}})
const toast = (text: string): UiEvent => ({type: 'toast', tone: 'good', text})
const back: UiEvent = {type: 'back'}

function trail({stack}: UiState): string {
  return stack.map(screen => ('bank' in screen ? `${screen.view} ${screen.bank}` : screen.view)).join(' > ')
}

describe('the way', () => {
  it.each<[string, UiEvent[], string]>([
    ['begins at the overview', [], 'overview'],
    ['goes on to what is opened', [open('banks'), openBank('alu')], 'overview > banks > bank alu'],
    ['has no circles', [open('banks'), openBank('alu'), open('banks')], 'overview > banks'],
    ['tells banks apart', [openBank('alu'), openBank('pfam')], 'overview > bank alu > bank pfam'],
    ['goes back', [open('banks'), openBank('alu'), back], 'overview > banks'],
    ['never leaves the overview', [back, back], 'overview'],
    ['leads home', [open('banks'), openBank('alu'), {type: 'home'}], 'overview'],
  ])('%s', (_, events, expected) => {
    expect(trail(after(...events))).toBe(expected)
  })

  it('leads back past what is closest: a modal, the typing, the filter, then the screen', () => {
    const filter: UiEvent = {type: 'filter', list: 'banks', filter: 'al'}
    let state = after(open('banks'), {type: 'filtering', on: true}, filter)
    state = {...state, modal: {kind: 'help'}}
    const seen: unknown[] = []
    for (let step = 0; step < 4; step++) {
      state = reduce(state, back)
      seen.push([state.modal?.kind, state.isFiltering, listOf(state, 'banks').filter, currentScreen(state).view])
    }
    expect(seen).toEqual([
      [undefined, true, 'al', 'banks'],
      [undefined, false, 'al', 'banks'],
      [undefined, false, '', 'banks'],
      [undefined, false, '', 'overview'],
    ])
  })
})

describe('a list', () => {
  it('keeps what it was while another screen is shown', () => {
    const state = after(
      open('banks'),
      {type: 'select', list: 'banks', id: 'pfam', index: 7},
      open('queue'),
      open('banks'),
    )
    expect(listOf(state, 'banks')).toMatchObject({selected: 'pfam', index: 7})
  })

  it('selects the best match when the filter changes', () => {
    const state = after(
      {type: 'select', list: 'banks', id: 'pfam', index: 7},
      {type: 'filter', list: 'banks', filter: 'a'},
    )
    expect(listOf(state, 'banks')).toEqual({selected: undefined, index: 0, filter: 'a', sort: undefined})
  })

  it('is sorted up, down, and not at all', () => {
    const sort: UiEvent = {type: 'sort', list: 'banks', column: 'BANK'}
    expect([1, 2, 3].map(times => listOf(after(...Array.from({length: times}, () => sort)), 'banks').sort)).toEqual([
      {column: 'BANK', descending: false},
      {column: 'BANK', descending: true},
      undefined,
    ])
  })
})

describe('toasts', () => {
  it('are three at most, the oldest goes first', () => {
    const {toasts} = after(...['a', 'b', 'c', 'd'].map(toast))
    expect(toasts.map(({text}) => text)).toEqual(['b', 'c', 'd'])
  })

  it('do not say the same twice, but say it anew', () => {
    const {toasts} = after(toast('a'), toast('b'), toast('a'))
    expect(toasts).toEqual([
      {id: 2, tone: 'good', text: 'b'},
      {id: 3, tone: 'good', text: 'a'},
    ])
  })

  it('go one by one', () => {
    expect(after(toast('a'), toast('b'), {type: 'toast-over', id: 1}).toasts.map(({text}) => text)).toEqual(['b'])
  })
})

it('begins anew on another cluster, but for what was just said', () => {
  const state = after(
    openBank('alu'),
    {type: 'filter', list: 'banks', filter: 'a'},
    {type: 'modal', modal: {kind: 'contexts'}},
    {type: 'toast', tone: 'bad', text: 'it failed'},
    {type: 'switched'},
  )
  expect(state).toEqual({...initialState, toasts: [{id: 1, tone: 'bad', text: 'it failed'}], nextToast: 2})
})

it('closes what lies over the screen when another is opened', () => {
  expect(after({type: 'modal', modal: {kind: 'palette'}}, openBank('alu')).modal).toBeUndefined()
})
