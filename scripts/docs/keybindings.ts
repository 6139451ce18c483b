import {actionIds, type ActionSpec, keyLabel, specOf} from '../../src/ui/keys/actions.ts'

const groups: Readonly<Record<ActionSpec['group'], {title: string; about: string}>> = {
  move: {title: 'Move', about: 'In lists, in the log and in the help.'},
  'go to': {title: 'Go to', about: 'From everywhere but dialogs.'},
  list: {title: 'Lists', about: 'Banks, releases, queue, history, services.'},
  log: {title: 'Log', about: 'The log of a bank.'},
  bank: {
    title: 'Banks',
    about:
      'About the bank that is selected or open, and the release that is selected. Each opens a dialog, which sends nothing ' +
      'before Enter. Those marked **!** ask for the name of the bank. In read-only mode all but `check` are off.',
  },
  cluster: {title: 'Cluster', about: 'For its administrators.'},
  board: {title: 'Board', about: 'From everywhere but dialogs; Ctrl-C, Ctrl-L and Ctrl-Z from there too.'},
  dialog: {title: 'Dialogs', about: 'In a field of text, letters are text.'},
}

/** `docs/keybindings.md`, from the table that the dashboard itself works with. */
export function keybindingsPage(): string {
  const byGroup = Map.groupBy(actionIds, id => specOf(id).group)
  const sections = (Object.keys(groups) as Array<ActionSpec['group']>).map(group => {
    const rows = (byGroup.get(group) ?? []).map(id => {
      const {keys, label, danger, aliases = []} = specOf(id)
      const names = keys.map(key => code(keyLabel(key))).join(' ')
      return `| ${names} | ${label}${danger === 'severe' ? ' **!**' : ''} | ${aliases.join(', ')} |`
    })
    const {title, about} = groups[group]
    return [`## ${title}`, '', about, '', '| key | does | found by `:` also as |', '|---|---|---|', ...rows].join('\n')
  })
  return [
    '<!-- Made by `npm run docs`. -->',
    '# Keys of the dashboard',
    '',
    '`?` shows the keys of the view on screen, `:` finds all that can be done by a part of its name, and the last line has the',
    'keys that matter most just now. What cannot be done now says why.',
    '',
    sections.join('\n\n'),
    '',
  ].join('\n')
}

/** In a table a bar would end the cell, and in code a backslash before it is seen. */
function code(key: string): string {
  return key === '|' ? '<code>&#124;</code>' : `\`${key}\``
}
