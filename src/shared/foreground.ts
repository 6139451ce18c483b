/**
 * What a full-screen program asks of the process that it has for itself. Whoever gives a listener gets a function that
 * takes it back.
 */
export interface Foreground {
  /** Whatever nobody caught goes to the listener and no longer ends the process. */
  onUncaught(listener: (error: unknown) => void): () => void
  /** Somebody asks the process to stop (SIGTSTP); it does not until `stop()`. */
  onStopAsked(listener: () => void): () => void
  /** The process goes on after it was stopped by others than `stop()`. */
  onContinued(listener: () => void): () => void
  /** The process ends now, whatever the reason. What the listener does not do at once is not done. */
  onExit(listener: () => void): () => void
  /**
   * Stops the process, and with it whoever started it as the shell's job (npx, a script), as Ctrl-Z does on a plain
   * terminal. Returns when it was continued; at once where no shell could continue it.
   */
  stop(): void
  /** From now on what the process writes to stdout and stderr, and Node's warnings, go to the sink. */
  divertOutput(sink: (text: string) => void): Diversion
}

export interface Diversion {
  /** Still writes to stdout. */
  write: (text: string) => boolean
  end: () => void
}
