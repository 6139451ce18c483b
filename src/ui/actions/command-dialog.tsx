import {useState} from 'react'
import {type Line, line} from '../../presentation/text.js'
import {useDashboard} from '../dashboard-context.js'
import {DialogFrame, dialogRoom} from '../frame/dialog-frame.js'
import type {CommandId} from '../keys/actions.js'
import {edited} from '../keys/key.js'
import {useKeys} from '../kit/use-keys.js'
import {wrapText} from '../kit/wrap.js'
import type {ViewProps} from '../views/view.js'
import {dialogModel, firstValues, planTitle, verbOf} from './dialog-model.js'
import type {Subject} from './facts.js'
import {type Field, optionOf, turned, type Values} from './form.js'
import {perform} from './perform.js'
import {subjectKey, useFacts} from './use-commands.js'
import {useCopy} from './use-copy.js'

export interface CommandDialogProps extends ViewProps {
  command: CommandId
  subject: Subject
}

/** Asks for what a command needs, says what it does, and sends it. */
export function CommandDialog({command, subject, width, height}: CommandDialogProps) {
  const {dispatch, runner, feed, showing} = useDashboard()
  const facts = useFacts(subject)
  const [changed, setChanged] = useState<Values>({})
  const values = {...firstValues(command, facts), ...changed}
  const {title, explanation, fields, plan, off} = dialogModel(command, facts, values)
  const [focused, setFocused] = useState<string>()
  const index = Math.max(
    0,
    fields.findIndex(({id}) => id === focused),
  )
  const field = fields[index]
  const copy = useCopy()
  const isReading = subject.bank !== undefined && facts.releases === undefined
  const close = () => dispatch({type: 'modal', modal: undefined})
  const move = (by: 1 | -1) => () => setFocused(fields[(index + by + fields.length) % fields.length]?.id)
  const turn = (by: 1 | -1) => () => field && setChanged({...changed, ...turned(field, values, by)})

  function send(): void {
    if (plan === undefined) return
    close()
    void runner.send({
      subject: subjectKey(showing, subject.bank),
      title: planTitle(plan),
      connect: async () => feed.cluster(),
      perform: async (cluster, options) => perform(plan, cluster, options),
      onEnd: () => feed.refresh(),
    })
  }

  useKeys({
    modal: true,
    offers: {
      accept: {run: send, off, label: plan === undefined ? undefined : verbOf(plan)},
      dismiss: close,
      ...(fields.length > 1 ? {nextField: move(1), previousField: move(-1)} : {}),
      ...(field && field.kind !== 'text' ? {nextChoice: turn(1), previousChoice: turn(-1)} : {}),
      copyCommand: {
        run: () => plan && copy.command(plan.action),
        off: plan === undefined ? off : undefined,
      },
    },
    take: key => {
      if (field?.kind !== 'text') return false
      const text = edited(values[field.id] ?? '', key)
      if (text === undefined) return false
      setChanged({...changed, [field.id]: text})
      return true
    },
  })
  const room = dialogRoom(width)
  const words: Line[] = wrapText(explanation, room).map(text => line(text))
  const labelWidth = Math.max(...fields.map(({label}) => label.length), 0) + 2
  const lines = [
    ...words,
    ...(fields.length > 0 ? [line({text: isReading ? `… reading ${subject.bank ?? ''}` : '', tone: 'calm'})] : []),
    ...fields.map((each, at) => fieldLine(each, values, {isFocused: at === index, labelWidth})),
  ]
  const foot = wrapText(off ?? '', room - 2, 2).map((text, at) =>
    line({text: off === undefined ? '' : `${at === 0 ? '! ' : '  '}${text}`, tone: 'worry'}),
  )
  return (
    <DialogFrame
      title={title}
      lines={lines}
      focus={fields.length === 0 ? 0 : words.length + 1 + index}
      foot={foot}
      width={width}
      height={height}
    />
  )
}

function fieldLine(
  field: Field,
  values: Values,
  {isFocused, labelWidth}: {isFocused: boolean; labelWidth: number},
): Line {
  const label = {
    text: `${isFocused ? '› ' : '  '}${field.label.padEnd(labelWidth)}`,
    tone: isFocused ? 'title' : 'calm',
  } as const
  if (field.kind === 'text') return [label, {text: `${values[field.id] ?? ''}${isFocused ? '▏' : ''}`}]
  const chosen = optionOf(field, values)?.label ?? ''
  return isFocused
    ? [label, {text: '‹ ', tone: 'busy'}, {text: chosen}, {text: ' ›', tone: 'busy'}]
    : [label, {text: `  ${chosen}`}]
}
