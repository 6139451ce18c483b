/** One thing that a key does. */
export interface ActionSpec {
  /** The first one is shown. Names as `keysOf` gives them. */
  keys: readonly string[]
  /** In the footer, the palette and the help. */
  label: string
  group: 'move' | 'go to' | 'list' | 'log' | 'bank' | 'cluster' | 'board' | 'dialog'
  /** Other names that the palette finds it by. */
  aliases?: readonly string[]
  /** A change of the cluster; `severe` ones ask for the bank's name. */
  danger?: 'change' | 'severe'
  /** Worth a place in the footer where it is offered; the higher the earlier. */
  footer?: number
}

/** All keys of the dashboard. Footer, help, palette and documentation are made from this table. */
export const actions = {
  up: {keys: ['up', 'k'], label: 'up', group: 'move'},
  down: {keys: ['down', 'j'], label: 'down', group: 'move'},
  pageUp: {keys: ['pgup', 'ctrl-b', 'ctrl-u'], label: 'page up', group: 'move'},
  pageDown: {keys: ['pgdn', 'ctrl-f', 'ctrl-d'], label: 'page down', group: 'move'},
  top: {keys: ['home', 'g'], label: 'first', group: 'move'},
  bottom: {keys: ['end', 'G'], label: 'last', group: 'move'},
  open: {keys: ['enter', 'right', 'l'], label: 'open', group: 'move', footer: 90},
  back: {keys: ['esc', 'left', 'h'], label: 'back', group: 'move', footer: 40},

  overview: {keys: ['1'], label: 'overview', group: 'go to', aliases: ['home', 'status', 'board']},
  banks: {keys: ['2', 'b'], label: 'banks', group: 'go to', footer: 70},
  queue: {keys: ['3'], label: 'queue', group: 'go to'},
  history: {keys: ['4'], label: 'history', group: 'go to'},
  services: {keys: ['5'], label: 'services', group: 'go to'},
  schedule: {keys: ['6'], label: 'schedule', group: 'go to', aliases: ['cron']},
  log: {keys: ['L'], label: 'log', group: 'go to', footer: 75},
  contexts: {keys: ['ctrl-k'], label: 'other cluster', group: 'go to', aliases: ['context', 'cluster', 'switch']},

  filter: {keys: ['/'], label: 'filter', group: 'list', footer: 80},
  sort: {keys: ['s'], label: 'sort by next column', group: 'list', footer: 20},
  reverse: {keys: ['S'], label: 'reverse order', group: 'list'},

  follow: {keys: ['f'], label: 'follow', group: 'log', footer: 60},
  nextMatch: {keys: ['n'], label: 'next match', group: 'log', footer: 55},
  previousMatch: {keys: ['N'], label: 'previous match', group: 'log'},
  search: {keys: ['/'], label: 'search', group: 'log', footer: 80},
  onlyMatches: {keys: ['&'], label: 'only lines that match', group: 'log'},
  wrap: {keys: ['w'], label: 'wrap lines', group: 'log', footer: 30},

  update: {keys: ['u'], label: 'update', group: 'bank', danger: 'change', footer: 74},
  cancel: {keys: ['c'], label: 'cancel the update', group: 'bank', danger: 'severe', footer: 73},
  publish: {keys: ['P'], label: 'publish', group: 'bank', danger: 'change'},
  unpublish: {keys: ['U'], label: 'unpublish', group: 'bank', danger: 'severe'},
  freeze: {keys: ['F'], label: 'freeze', group: 'bank', danger: 'change'},
  unfreeze: {keys: ['T'], label: 'unfreeze', group: 'bank', danger: 'change', aliases: ['thaw']},
  remove: {keys: ['X'], label: 'remove', group: 'bank', danger: 'severe', aliases: ['delete']},
  removePending: {keys: ['Z'], label: 'remove pending', group: 'bank', danger: 'severe'},
  repair: {keys: ['R'], label: 'repair', group: 'bank', danger: 'change', aliases: ['fix', 'unlock']},
  check: {keys: ['C'], label: 'check', group: 'bank', aliases: ['validate']},
  maintenance: {keys: ['M'], label: 'maintenance on or off', group: 'cluster', danger: 'severe'},

  refresh: {keys: ['r', 'ctrl-r'], label: 'refresh', group: 'board'},
  pause: {keys: ['p'], label: 'pause or go on', group: 'board'},
  faster: {keys: ['+', '='], label: 'refresh more often', group: 'board'},
  slower: {keys: ['-'], label: 'refresh less often', group: 'board'},
  copy: {keys: ['y'], label: 'copy', group: 'board'},
  copyCommand: {keys: ['Y', 'ctrl-y'], label: 'copy as command', group: 'board'},
  redraw: {keys: ['ctrl-l'], label: 'draw anew', group: 'board'},
  palette: {keys: [':', 'ctrl-p'], label: 'find', group: 'board', footer: 35},
  help: {keys: ['?'], label: 'help', group: 'board', footer: 100},
  suspend: {keys: ['ctrl-z'], label: 'suspend', group: 'board'},
  quit: {keys: ['q', 'ctrl-c'], label: 'quit', group: 'board', footer: 10},

  accept: {keys: ['enter'], label: 'go', group: 'dialog', footer: 100},
  dismiss: {keys: ['esc'], label: 'close', group: 'dialog', footer: 95},
  nextField: {keys: ['tab', 'down'], label: 'next field', group: 'dialog', footer: 90},
  previousField: {keys: ['shift-tab', 'up'], label: 'previous field', group: 'dialog'},
  nextChoice: {keys: ['right', 'space'], label: 'change', group: 'dialog', footer: 80},
  previousChoice: {keys: ['left'], label: 'change back', group: 'dialog'},
} as const satisfies Record<string, ActionSpec>

export type ActionId = keyof typeof actions
/** What changes a bank or the cluster, and `check`: each has a specification in `actions/commands.ts`. */
export type CommandId = {
  [Id in ActionId]: (typeof actions)[Id]['group'] extends 'bank' | 'cluster' ? Id : never
}[ActionId]
export const actionIds = Object.keys(actions) as ActionId[]

export const commandIds = actionIds.filter(isCommand)

export function isCommand(id: ActionId): id is CommandId {
  return actions[id].group === 'bank' || actions[id].group === 'cluster'
}

export function specOf(id: ActionId): ActionSpec {
  return actions[id]
}

const shown: Readonly<Record<string, string>> = {
  up: '↑',
  down: '↓',
  left: '←',
  right: '→',
  enter: '⏎',
  space: 'Space',
  esc: 'Esc',
}

/** A key as people read it: `Ctrl-C`, `↑`, `?`. */
export function keyLabel(key: string): string {
  if (key.startsWith('ctrl-')) return `Ctrl-${key.slice(5).toUpperCase()}`
  return shown[key] ?? (key.length > 1 ? `${key[0]?.toUpperCase() ?? ''}${key.slice(1)}` : key)
}
