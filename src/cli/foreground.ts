import process from 'node:process'
import type {Diversion, Foreground} from '../shared/foreground.js'

/** This process, as a full-screen program needs it. */
export const processForeground: Foreground = {
  onUncaught: listener => listening('uncaughtException', listener),
  onExit: listener => listening('exit', listener),
  onStopAsked: listener => listening('SIGTSTP', listener),
  onContinued: listener =>
    listening('SIGCONT', () => {
      lookAtSize()
      listener()
    }),
  stop: stopGroup,
  divertOutput,
}

function listening(event: string, listener: (...values: unknown[]) => void): () => void {
  // Windows knows neither stopping nor continuing.
  if (process.platform === 'win32' && /^SIG(TSTP|CONT)$/.test(event)) return () => undefined
  process.on(event, listener)
  return () => process.off(event, listener)
}

function stopGroup(): void {
  if (process.platform === 'win32') return
  // The signals are to do what they do by themselves: stop, and go on without a word to us.
  const giveBack = (['SIGTSTP', 'SIGCONT'] as const).map(signal => {
    const listeners = process.listeners(signal)
    for (const listener of listeners) process.off(signal, listener)
    return () => {
      for (const listener of listeners) process.on(signal, listener)
    }
  })
  process.kill(0, 'SIGTSTP')
  for (const give of giveBack) give()
  lookAtSize()
}

/** A window that changed while the shell had it told the shell alone. */
function lookAtSize(): void {
  process.emit('SIGWINCH', 'SIGWINCH')
}

function divertOutput(sink: (text: string) => void): Diversion {
  const write = process.stdout.write.bind(process.stdout)
  const giveBack = [process.stdout, process.stderr].map(stream => {
    const before = Object.getOwnPropertyDescriptor(stream, 'write')
    Object.defineProperty(stream, 'write', {value: divertedWrite(sink), configurable: true, writable: true})
    return () => {
      if (before) Object.defineProperty(stream, 'write', before)
      else Reflect.deleteProperty(stream, 'write')
    }
  })
  // Node writes its warnings past the streams.
  const warned = process.listeners('warning')
  const onWarning = (warning: Error) => sink(`${warning.stack ?? warning.message}\n`)
  process.removeAllListeners('warning')
  process.on('warning', onWarning)
  return {
    write: text => write(text),
    end: () => {
      for (const give of giveBack) give()
      process.off('warning', onWarning)
      for (const listener of warned) process.on('warning', listener)
    },
  }
}

function divertedWrite(sink: (text: string) => void) {
  return (chunk: Uint8Array | string, ...rest: unknown[]): boolean => {
    sink(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString())
    const callback = rest.find((value): value is () => void => typeof value === 'function')
    if (callback) process.nextTick(callback)
    return true
  }
}
