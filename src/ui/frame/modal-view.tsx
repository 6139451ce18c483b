import {CommandDialog} from '../actions/command-dialog.js'
import type {Modal} from '../state/ui-state.js'
import type {ViewProps} from '../views/view.js'
import {Contexts} from './contexts.js'
import {Help} from './help.js'
import {Palette} from './palette.js'

/** What lies over the view. */
export function ModalView({modal, about, ...room}: ViewProps & {modal: Modal; about: string}) {
  switch (modal.kind) {
    case 'help':
      return <Help about={about} {...room} />
    case 'palette':
      return <Palette {...room} />
    case 'contexts':
      return <Contexts {...room} />
    case 'command':
      return <CommandDialog command={modal.command} subject={modal} {...room} />
  }
}
