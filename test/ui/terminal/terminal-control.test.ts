import {expect, it} from 'vitest'
import {TerminalControl} from '../../../src/ui/terminal/terminal-control.js'

function observed(): {control: TerminalControl; events: string[]} {
  const events: string[] = []
  const control = new TerminalControl({
    foreground: {stop: () => events.push('stopped')},
    halt: () => {
      events.push('halted')
      return () => events.push('asking again')
    },
    drawAnew: () => events.push('drawn'),
  })
  control.attach(async () => {
    events.push('left')
    return Promise.resolve({
      resume: async () => {
        events.push('back')
        await Promise.resolve()
      },
    })
  })
  return {control, events}
}

it('leaves before it stops, and asks nothing in between', async () => {
  const {control, events} = observed()
  await control.suspend()
  expect(events).toEqual(['halted', 'left', 'stopped', 'back', 'asking again'])
})

it('takes the terminal back without stopping when others stopped the process', async () => {
  const {control, events} = observed()
  await control.takeBack()
  expect(events).toEqual(['halted', 'left', 'back', 'asking again'])
})

it('stops once when it is asked twice, and draws nothing while it is away', async () => {
  const {control, events} = observed()
  const away = control.suspend()
  await Promise.all([control.suspend(), control.takeBack()])
  control.drawAnew()
  await away
  expect(events.filter(event => event === 'stopped')).toHaveLength(1)
  expect(events).not.toContain('drawn')
})

it('does nothing before it has the terminal', async () => {
  const events: string[] = []
  const control = new TerminalControl({
    foreground: {stop: () => events.push('stopped')},
    halt: () => () => events.push('asking again'),
    drawAnew: () => events.push('drawn'),
  })
  await control.suspend()
  expect(events).toEqual([])
})
